import { createHmac } from "node:crypto";
import { base64url, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { type ChangeKind, recordChange } from "#lib/gateway-feed/record-change.ts";
import {
  addSecret,
  change,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { makeServiceId } from "#lib/test-kit/service-id.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { bearer, partOf, tokenFor } from "./kit/tokens.ts";

let api: FixturePublished;
let second: FixturePublished;
/** Declares a scheme of its own, so that its clients' Authorization travels on. */
let own: FixturePublished;
let withoutTokens: FixturePublished;
let live: FixturePublished;
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x", [["id", "secret"]]), operation("GET", "/open")];
  const common = { place, backendUrl: backend.url, schemes: pairInHeaders, operations };
  api = await publish({ ...common, basePath: "/token" });
  second = await publish({ ...common, basePath: "/second" });
  own = await publish({ ...common, basePath: "/own", forwardsAuthorization: true });
  live = await publish({ ...common, basePath: "/live", catalog: "production" });
  const compiled = { format: 1, enforced: true, schemes: pairInHeaders, operations, forwardsAuthorization: false };
  const closed = { ...compiled, basePath: "/pair-only", acceptsTokens: false };
  withoutTokens = await publish({ ...common, basePath: "/pair-only", compiled: closed });
});

async function client(options: Parameters<typeof makeCredential>[1] = {}): Promise<FixtureCredential> {
  const applicationId = await makeApplication(fixture.place);
  for (const one of [api, own, withoutTokens, live]) await subscribe(applicationId, one);
  return makeCredential(applicationId, options);
}

const callWith = (token: string, path = `${api.path}/x`) => call(path, { headers: [bearer(token)] });
const statusWith = async (token: string, path?: string) => (await callWith(token, path)).status;

describe("a token in a call (gateway.md 2.4, 2.5)", () => {
  let app: FixtureCredential;
  let token: string;
  beforeAll(async () => {
    app = await client();
    token = await tokenFor(app);
  });

  test.each(["bearer", "BEARER"])("stands for the pair, and the backend does not see it (%s)", async (scheme) => {
    const answer = await call(`${api.path}/x`, { headers: [["Authorization", `${scheme} ${token}`]] });
    expect(answer.status).toBe(200);
    expect(fixture.backend.header("authorization")).toEqual([]);
    expect(JSON.stringify(fixture.backend.calls.at(-1))).not.toContain(token.slice(-40));
  });

  test("beside a client ID it is refused: one way at a time (RFC 6750 2)", async () => {
    const answer = await call(`${api.path}/x`, { headers: [bearer(token), ...pairHeaders(app)] });
    expect([answer.status, answer.json.code]).toEqual([403, "MULTIPLE_CLIENT_IDS"]);
  });

  test("twice it matches nothing", async () => {
    const answer = await call(`${api.path}/x`, { headers: [bearer(token), bearer(token)] });
    expect([answer.status, answer.json.code]).toEqual([401, "TOKEN_INVALID"]);
  });

  test("it works in catalogs of its environment alone", async () => {
    const answer = await callWith(token, `${live.path}/x`);
    expect([answer.status, answer.json.code]).toEqual([401, "TOKEN_INVALID"]);
    const production = await client({ environment: "production" });
    expect(await statusWith(await tokenFor(production), `${live.path}/x`)).toBe(200);
  });

  test("an API that takes none does not look at it", async () => {
    const alone = await callWith(token, `${withoutTokens.path}/x`);
    expect([alone.status, alone.json.code]).toEqual([401, "CREDENTIAL_MISSING"]);
    const beside = await call(`${withoutTokens.path}/x`, { headers: [bearer(token), ...pairHeaders(app)] });
    expect(beside.status).toBe(200);
  });

  test("an open operation does not ask for it, and a wrong one does no harm", async () => {
    expect([await statusWith(token, `${api.path}/open`), await statusWith("x", `${api.path}/open`)]).toEqual([
      200, 200,
    ]);
  });

  describe("where the API has an http or oauth2 scheme of its own", () => {
    const foreign = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";

    test("another issuer's token travels on, and is no credential of ours", async () => {
      const alone = await callWith(foreign, `${own.path}/x`);
      expect([alone.status, alone.json.code]).toEqual([401, "CREDENTIAL_MISSING"]);
      const beside = await call(`${own.path}/x`, { headers: [bearer(foreign), ...pairHeaders(app)] });
      expect(beside.status).toBe(200);
      expect(fixture.backend.header("authorization")).toEqual([`Bearer ${foreign}`]);
    });

    test("ours is the credential and never travels, on an open operation neither, and so with API keys", async () => {
      const key = await makeServiceId(app.applicationId, [own.apiDefinitionId]);
      for (const [text, path] of [
        [token, "/x"],
        [token, "/open"],
        [key.apiKey, "/x"],
        [key.apiKey, "/open"],
      ] as const) {
        expect(await statusWith(text, own.path + path)).toBe(200);
        expect(fixture.backend.header("authorization")).toEqual([]);
      }
    });
  });
});

describe("what is not our token is 401 TOKEN_INVALID and reaches no backend (T33)", () => {
  let honest: JWTPayload;
  let header: JWTHeaderParameters;
  let token: string;
  let other: CryptoKeyPair;
  let published: object;
  beforeAll(async () => {
    token = await tokenFor(await client());
    honest = partOf(token, 1);
    header = partOf(token, 0);
    other = (await generateKeyPair("ES256", { extractable: true })) as CryptoKeyPair;
    [published] = (await call("/.well-known/jwks.json")).json.keys;
  });
  const text = (value: object) => base64url.encode(JSON.stringify(value));
  const signed = (claims: JWTPayload, head: object = header) =>
    new SignJWT(claims).setProtectedHeader(head as JWTHeaderParameters).sign(other.privateKey);
  const hs256 = (head: object) => {
    const begin = `${text(head)}.${text(honest)}`;
    return `${begin}.${createHmac("sha256", JSON.stringify(published)).update(begin).digest("base64url")}`;
  };

  const forged: Record<string, () => string | Promise<string>> = {
    "alg none": () => `${text({ ...header, alg: "none" })}.${text(honest)}.`,
    "no signature under our header": () => `${text(header)}.${text(honest)}.`,
    "HS256 with the public key": () => hs256({ ...header, alg: "HS256" }),
    "HS256 under our header": () => hs256(header),
    "another key under our kid": () => signed(honest),
    "another key that it brings": async () => signed(honest, { ...header, jwk: await exportJWK(other.publicKey) }),
    "a jku": () => signed(honest, { ...header, jku: "https://evil.example/jwks.json" }),
    "an x5u": () => signed(honest, { ...header, x5u: "https://evil.example/chain" }),
    "a kid that is a path": () => signed(honest, { ...header, kid: "../../dev/null" }),
    "a kid that is SQL": () => signed(honest, { ...header, kid: "' or 1=1 --" }),
    "another issuer": () => signed({ ...honest, iss: "https://evil.example" }),
    "another type": () => signed(honest, { ...header, typ: "JWT" }),
    "changed claims": () => token.replace(/\.[^.]+\./, `.${text({ ...honest, exp: Number(honest.exp) + 3_600 })}.`),
    // The first of the signature: of the last, some bits mean nothing.
    "changed by a character": () =>
      token.replace(/\.([^.])([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`),
    "cut off": () => token.slice(0, -20),
    oversized: () => `${token}${"A".repeat(6_000)}`,
    "no token at all": () => "x",
    "one with a comma": () => `${token},${token}`,
  };

  test.each(Object.keys(forged))("%s", async (name) => {
    const seen = fixture.backend.calls.length;
    const answer = await callWith((await forged[name]?.()) ?? "");
    expect([answer.status, answer.json.code]).toEqual([401, "TOKEN_INVALID"]);
    expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
    expect(answer.json.detail).toBe("The access token is invalid or has expired");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(fixture.backend.calls.length).toBe(seen);
  });

  test("the token that they were made of is served", async () => {
    expect(await statusWith(token)).toBe(200);
  });
});

/** As in revocation.spec.ts. */
const IN_FORCE_MS = process.env.TARGET ? 1_000 : 20_000;

describe("a token dies with what it was made from (G8, S133)", () => {
  async function untilRefused(
    app: FixtureCredential,
    kind: ChangeKind,
    id: string,
    work: (tx: Tx) => Promise<unknown>,
  ) {
    const token = await tokenFor(app);
    expect(await statusWith(token)).toBe(200);
    await transaction(async (tx) => {
      await work(tx);
      await recordChange(tx, kind, id);
    });
    const committed = performance.now();
    while ((await statusWith(token)) === 200) if (performance.now() - committed > 20_000) break;
    return performance.now() - committed;
  }

  test("its credential is revoked, its application is suspended or deleted: within a second", async () => {
    const [one, two, three] = [await client(), await client(), await client()];
    const revoke = (tx: Tx) => tx.credential.update({ where: { id: one.id }, data: { status: "revoked" } });
    expect(await untilRefused(one, "credential", one.id, revoke)).toBeLessThan(IN_FORCE_MS);
    const suspend = (tx: Tx) =>
      tx.application.update({ where: { id: two.applicationId }, data: { state: "suspended" } });
    expect(await untilRefused(two, "application", two.applicationId, suspend)).toBeLessThan(IN_FORCE_MS);
    const remove = (tx: Tx) => tx.application.delete({ where: { id: three.applicationId } });
    expect(await untilRefused(three, "application", three.applicationId, remove)).toBeLessThan(IN_FORCE_MS);
  });

  test("its secret is reset: the old secret's token ends, the new one's works", async () => {
    const app = await client();
    const old = await tokenFor(app);
    const secret = newClientSecret("sandbox");
    await change("credential", app.id, async (tx) => {
      await tx.credentialSecret.deleteMany({ where: { credentialId: app.id } });
      await addSecret(tx, app.id, app.clientId, secret);
    });
    expect([await statusWith(old), await statusWith(await tokenFor({ ...app, secret }))]).toEqual([401, 200]);
  });

  test("in a rotation each token goes with its own secret", async () => {
    const app = await client();
    const old = await tokenFor(app);
    const secret = newClientSecret("sandbox");
    await change("credential", app.id, (tx) => addSecret(tx, app.id, app.clientId, secret));
    const fresh = await tokenFor({ ...app, secret });
    expect([await statusWith(old), await statusWith(fresh)]).toEqual([200, 200]);
    await change("credential", app.id, (tx) =>
      tx.credentialSecret.updateMany({
        where: { credentialId: app.id, last4: app.secret.slice(-4) },
        data: { notAfter: new Date() },
      }),
    );
    expect([await statusWith(old), await statusWith(fresh)]).toEqual([401, 200]);
  });

  test("its scope is narrowed: the token is held to it at once", async () => {
    const app = await client();
    const token = await tokenFor(app);
    expect(await statusWith(token)).toBe(200);
    await change("credential", app.id, (tx) =>
      tx.credential.update({ where: { id: app.id }, data: { scope: [second.apiDefinitionId] } }),
    );
    expect(await statusWith(token)).toBe(403);
  });
});
