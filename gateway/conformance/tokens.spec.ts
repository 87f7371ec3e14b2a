import { beforeAll, describe, expect, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { newClientId } from "#lib/ids.ts";
import {
  change,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { type FixtureApiKey, makeServiceId } from "#lib/test-kit/service-id.ts";
import { call, sendRaw } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { API_KEY_GRANT, askToken, basic, bearer, partOf, tokenFor } from "./kit/tokens.ts";

let api: FixturePublished;
let second: FixturePublished;
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x", [["id", "secret"]]), operation("GET", "/open")];
  const common = { place, backendUrl: backend.url, schemes: pairInHeaders, operations };
  api = await publish({ ...common, basePath: "/token" });
  second = await publish({ ...common, basePath: "/second" });
});

async function client(options: Parameters<typeof makeCredential>[1] = {}): Promise<FixtureCredential> {
  const applicationId = await makeApplication(fixture.place);
  await subscribe(applicationId, api);
  return makeCredential(applicationId, options);
}

const callWith = (token: string, path = `${api.path}/x`) => call(path, { headers: [bearer(token)] });
const statusWith = async (token: string, path?: string) => (await callWith(token, path)).status;
const pair = ({ clientId, secret }: FixtureCredential) => ({ client_id: clientId, client_secret: secret });

describe("POST /oidc/token (S130, RFC 6749)", () => {
  let app: FixtureCredential;
  beforeAll(async () => {
    app = await client();
  });

  test.each(["Basic", "body"])("a pair in %s gets a token that works in its place", async (way) => {
    const answer =
      way === "Basic"
        ? await askToken({ grant_type: "client_credentials" }, [basic(app.clientId, app.secret)])
        : await askToken({ grant_type: "client_credentials", ...pair(app) });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
    const { access_token, expiration, ...rest } = answer.json;
    expect(rest).toEqual({ token_type: "Bearer", expires_in: 900, scope: "sandbox" });
    expect(Math.abs(expiration - Date.now() / 1_000 - 900)).toBeLessThan(60);
    const claims = partOf(access_token, 1);
    expect(claims).toMatchObject({ sub: app.applicationId, client_id: app.clientId, exp: expiration });
    expect(Object.keys(claims).sort()).toEqual(["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub", "ver"]);
    expect(partOf(access_token, 0)).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) });
    expect(await statusWith(access_token)).toBe(200);
  });

  test("a client may ask for less time, and for the scope that it has", async () => {
    const answer = await askToken({
      grant_type: "client_credentials",
      ...pair(app),
      expires_in: "60",
      scope: "sandbox",
    });
    expect([answer.status, answer.json.expires_in]).toEqual([200, 60]);
    const { iat, exp } = partOf(answer.json.access_token, 1);
    expect(exp - iat).toBe(60);
  });

  test("a token never outlives its credential", async () => {
    const short = await client({ expiresAt: new Date(Date.now() + 30_000) });
    const answer = await askToken({ grant_type: "client_credentials", ...pair(short) });
    expect(answer.json.expires_in).toBeLessThanOrEqual(30);
  });

  const grant = { grant_type: "client_credentials" };
  const refused: Record<string, [number, string, () => ReturnType<typeof askToken>]> = {
    "no grant": [400, "invalid_request", () => askToken(pair(app))],
    "an empty grant": [400, "invalid_request", () => askToken({ grant_type: "", ...pair(app) })],
    "another grant": [400, "unsupported_grant_type", () => askToken({ grant_type: "password", ...pair(app) })],
    "no client": [401, "invalid_client", () => askToken(grant)],
    "no secret": [401, "invalid_client", () => askToken({ ...grant, client_id: app.clientId })],
    "a secret without its client": [401, "invalid_client", () => askToken({ ...grant, client_secret: app.secret })],
    "a pair in both places": [
      400,
      "invalid_request",
      () => askToken({ ...grant, ...pair(app) }, [basic(app.clientId, app.secret)]),
    ],
    "a parameter twice": [
      400,
      "invalid_request",
      () => askToken(`grant_type=client_credentials&${new URLSearchParams({ ...grant, ...pair(app) })}`),
    ],
    "another content type": [
      400,
      "invalid_request",
      () => call("/oidc/token", { method: "POST", headers: [["Content-Type", "application/json"]], body: "{}" }),
    ],
    "no body, and nothing that announces one": [400, "invalid_request", () => call("/oidc/token", { method: "POST" })],
    "the pair in the query": [
      400,
      "invalid_request",
      () => call(`/oidc/token?${new URLSearchParams({ ...grant, ...pair(app) })}`, { method: "POST", body: "" }),
    ],
    "too long a life": [400, "invalid_request", () => askToken({ ...grant, ...pair(app), expires_in: "3601" })],
    "no life": [400, "invalid_request", () => askToken({ ...grant, ...pair(app), expires_in: "0" })],
    "the other environment": [400, "invalid_scope", () => askToken({ ...grant, ...pair(app), scope: "production" })],
    "a wrong secret in the body": [
      401,
      "invalid_client",
      () => askToken({ ...grant, client_id: app.clientId, client_secret: newClientSecret("sandbox") }),
    ],
    "a wrong secret in Basic": [
      401,
      "invalid_client",
      () => askToken(grant, [basic(app.clientId, newClientSecret("sandbox"))]),
    ],
    "an unknown client": [401, "invalid_client", () => askToken(grant, [basic(newClientId(), app.secret)])],
    "Basic that is none": [401, "invalid_client", () => askToken(grant, [["Authorization", "Basic ÿ"]])],
    "another scheme": [401, "invalid_client", () => askToken(grant, [["Authorization", "Digest x"]])],
    "no API key": [400, "invalid_request", () => askToken({ grant_type: API_KEY_GRANT })],
    "an API key that is none": [400, "invalid_grant", () => askToken({ grant_type: API_KEY_GRANT, apikey: "psk_x" })],
    "a secret as API key": [400, "invalid_grant", () => askToken({ grant_type: API_KEY_GRANT, apikey: app.secret })],
  };

  test.each(Object.keys(refused))("%s is refused in the form of RFC 6749 5.2, and never cached (T38)", async (name) => {
    const [status, error, ask] = refused[name] as (typeof refused)[string];
    const answer = await ask();
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(Object.keys(answer.json).sort()).toEqual(["error", "error_description"]);
    expect(answer.json.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["www-authenticate"]?.startsWith("Basic ") ?? false).toBe(status === 401);
    expect(answer.text).not.toContain(app.secret);
  });

  test("all that a revoked, an expired and a suspended client hear is the same", async () => {
    const [revoked, suspended] = [await client(), await client()];
    const expired = await client({ expiresAt: new Date(Date.now() - 1_000) });
    await change("credential", revoked.id, (tx) =>
      tx.credential.update({ where: { id: revoked.id }, data: { status: "revoked" } }),
    );
    await change("application", suspended.applicationId, (tx) =>
      tx.application.update({ where: { id: suspended.applicationId }, data: { state: "suspended" } }),
    );
    const unknown = { ...revoked, clientId: newClientId() };
    const texts = new Set<string>();
    for (const one of [revoked, expired, suspended, unknown]) {
      const answer = await askToken({ grant_type: "client_credentials", ...pair(one) });
      texts.add(`${answer.status} ${answer.text}`);
    }
    expect([...texts]).toEqual([expect.stringMatching(/^401 .*invalid_client/)]);
  });

  test("Basic may be form-encoded, as RFC 6749 2.3.1 has it, and missing authentication is 401 invalid_client (F14)", async () => {
    const encoded = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
    const answer = await askToken(grant, [basic(encoded(app.clientId), encoded(app.secret))]);
    expect([answer.status, answer.json.token_type]).toEqual([200, "Bearer"]);
    const wrong = await askToken(grant, [basic(encoded(app.clientId), "%zz%")]);
    expect([wrong.status, wrong.json.error]).toEqual([401, "invalid_client"]);
    const missing = await askToken(grant);
    expect([missing.status, missing.json.error, missing.headers["www-authenticate"]?.slice(0, 6)]).toEqual([
      ...[401, "invalid_client", "Basic "],
    ]);
  });

  test("a client finds the token endpoint by RFC 8414, and what it finds works (F14)", async () => {
    const { status, headers, json } = await call("/.well-known/oauth-authorization-server");
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(json.issuer).toBe(partOf((await askToken({ ...grant, ...pair(app) })).json.access_token, 1).iss);
    expect(json.grant_types_supported).toContain("client_credentials");
    expect([new URL(json.token_endpoint).pathname, new URL(json.jwks_uri).pathname]).toEqual([
      ...["/oidc/token", "/.well-known/jwks.json"],
    ]);
    expect((await call("/.well-known/oauth-authorization-server", { method: "POST", body: "" })).status).toBe(405);
  });

  test("another method is 405 with Allow, and a body over 16 KB is 413", async () => {
    const get = await call("/oidc/token");
    expect([get.status, get.headers.allow]).toEqual([405, "POST"]);
    expect((await askToken({ grant_type: "client_credentials", ...pair(app), more: "x".repeat(16_384) })).status).toBe(
      413,
    );
    const piece = `2328\r\n${"x".repeat(0x2328)}\r\n`;
    const chunked = await sendRaw(
      `POST /oidc/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${piece}${piece}0\r\n\r\n`,
    );
    expect(chunked.statuses).toEqual([413]);
  });
});

describe("a service ID (S110-S133)", () => {
  let key: FixtureApiKey;
  let applicationId: string;
  const exchange = async (apiKey = key.apiKey) => askToken({ grant_type: API_KEY_GRANT, apikey: apiKey });
  beforeAll(async () => {
    applicationId = await makeApplication(fixture.place);
    for (const one of [api, second]) await subscribe(applicationId, one);
    key = await makeServiceId(applicationId, [api.apiDefinitionId]);
  });

  test("its key gets a token that acts as its application, for the APIs that its policy names (S112, X15)", async () => {
    const answer = await exchange();
    expect([answer.status, answer.json.token_type, answer.json.expires_in]).toEqual([200, "Bearer", 900]);
    const token = answer.json.access_token;
    expect(partOf(token, 1)).toMatchObject({ sub: applicationId, client_id: key.clientId });
    expect(await statusWith(token)).toBe(200);
    const beyond = await callWith(token, `${second.path}/x`);
    expect([beyond.status, beyond.json.code]).toEqual([403, "NOT_SUBSCRIBED"]);
  });

  test("the key itself may be used directly (S131)", async () => {
    expect([await statusWith(key.apiKey), await statusWith(key.apiKey, `${second.path}/x`)]).toEqual([200, 403]);
    const wrong = `${key.apiKey.slice(0, -1)}${key.apiKey.endsWith("0") ? "1" : "0"}`;
    expect((await callWith(wrong)).json.code).toBe("TOKEN_INVALID");
  });

  test("without a policy it may call nothing (S113)", async () => {
    const bare = await makeServiceId(applicationId, []);
    const token = (await exchange(bare.apiKey)).json.access_token;
    expect([await statusWith(token), await statusWith(bare.apiKey)]).toEqual([403, 403]);
  });

  test("its key is no client secret", async () => {
    const answer = await askToken({ grant_type: "client_credentials" }, [basic(key.clientId, key.apiKey)]);
    expect([answer.status, answer.json.error]).toEqual([400, "invalid_request"]);
  });

  test("a key that is revoked ends its tokens and itself, and leaves the others (S129)", async () => {
    const [gone, stays] = [
      await makeServiceId(applicationId, [api.apiDefinitionId]),
      await makeServiceId(applicationId, [api.apiDefinitionId]),
    ];
    const tokens = [(await exchange(gone.apiKey)).json.access_token, (await exchange(stays.apiKey)).json.access_token];
    expect(await Promise.all(tokens.map((token) => statusWith(token)))).toEqual([200, 200]);
    await change("credential", gone.id, (tx) =>
      tx.credential.update({ where: { id: gone.id }, data: { status: "revoked" } }),
    );
    expect(await Promise.all(tokens.map((token) => statusWith(token)))).toEqual([401, 200]);
    expect([await statusWith(gone.apiKey), (await exchange(gone.apiKey)).json.error]).toEqual([401, "invalid_grant"]);
  });
});

test("a flood of tries with wrong secrets leaves the pair and its tokens alone (T31)", async () => {
  const app = await client();
  const token = await tokenFor(app);
  await Promise.all(
    Array.from({ length: 200 }, () =>
      askToken({ grant_type: "client_credentials" }, [basic(app.clientId, newClientSecret("sandbox"))]),
    ),
  );
  const answer = await call(`${api.path}/x`, { headers: pairHeaders(app) });
  expect([answer.status, await statusWith(token)]).toEqual([200, 200]);
});
