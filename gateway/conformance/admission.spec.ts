import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { db } from "#lib/db/client.ts";
import { newClientId } from "#lib/ids.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import {
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call, open } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "./kit/own-gateway.ts";

// Who is let in beyond client ID and secret: addresses, scope, budgets. The gateway here has settings of its own.

let credential: FixtureCredential;
let inside: FixtureCredential;
let outside: FixtureCredential;
let scoped: FixtureCredential;
let api: FixturePublished;
let other: FixturePublished;
let fenced: FixturePublished;
let gateway: OwnGateway;

const fixture = ownFixture(async ({ place, backend }) => {
  const common = {
    place,
    backendUrl: backend.url,
    schemes: pairInHeaders,
    operations: [operation("GET", "/x", [["id", "secret"]]), operation("GET", "/open")],
  };
  api = await publish({ ...common, basePath: "/admitted" });
  other = await publish({ ...common, basePath: "/other" });
  fenced = await publish({
    ...common,
    basePath: "/fenced",
    admission: { networks: ["192.0.2.0/24", "2001:db8::/32"] },
  });
  const applicationId = await makeApplication(place);
  for (const each of [api, other, fenced]) await subscribe(applicationId, each);
  credential = await makeCredential(applicationId);
  inside = await makeCredential(applicationId, { networks: ["127.0.0.0/8"] });
  outside = await makeCredential(applicationId, { networks: ["192.0.2.7"] });
  scoped = await makeCredential(applicationId, { scope: [other.apiDefinitionId] });
});

beforeAll(async () => {
  gateway = await startGateway(inject("databaseUrl"), {
    env: { GATEWAY_CALLS_MAX: "3", GATEWAY_FAILURES_MAX: "5", TRUSTED_PROXIES: "127.0.0.1" },
  });
});
afterAll(async () => {
  await gateway.stop();
});

/** Status and code of a call, as it comes through a proxy that saw `from`. */
async function from(address: string, path: string, who?: FixtureCredential): Promise<[number, string | undefined]> {
  const headers: [string, string][] = [["X-Forwarded-For", address], ...(who ? pairHeaders(who) : [])];
  const answer = await call(path, { headers }, gateway.address);
  return [answer.status, answer.json?.code];
}

/** Cause on record of a call; records are written a moment after the answer. */
async function causeOf(requestId: string | undefined): Promise<string | null> {
  return eventually(async () => {
    const rows = await db().$queryRaw<{ cause: string | null }[]>`
      select cause from "CallRecord" where "requestId" = ${requestId}::uuid`;
    if (!rows[0]) throw new Error("not written yet");
    return rows[0].cause;
  });
}

describe("address lists", () => {
  test("a credential works from its networks alone, and any other works on", async () => {
    expect((await call(`${api.path}/x`, { headers: pairHeaders(inside) })).status).toBe(200);
    const refused = await call(`${api.path}/x`, { headers: pairHeaders(outside) });
    expect([refused.status, refused.json.code, refused.json.detail]).toEqual([
      403,
      "NETWORK_NOT_ALLOWED",
      "Calls from this address are not allowed",
    ]);
    expect(await causeOf(refused.json.requestId)).toBe("network-of-credential");
    expect((await call(`${api.path}/x`, { headers: pairHeaders(credential) })).status).toBe(200);
  });

  test("an API may be called from its networks alone, open operations too", async () => {
    for (const path of ["/x", "/open"]) {
      const refused = await call(fenced.path + path, { headers: pairHeaders(credential) });
      expect([refused.status, refused.json.code]).toEqual([403, "NETWORK_NOT_ALLOWED"]);
      expect(await causeOf(refused.json.requestId)).toBe("network-of-api");
    }
    expect(await from("192.0.2.200", `${fenced.path}/x`, credential)).toEqual([200, undefined]);
    expect(await from("2001:db8::7", `${fenced.path}/open`)).toEqual([200, undefined]);
  });

  test("the address comes from a trusted proxy only, read from the right (T7)", async () => {
    expect(await from("192.0.2.7", `${api.path}/x`, outside)).toEqual([200, undefined]);
    expect(await from("192.0.2.7, 203.0.113.9", `${api.path}/x`, outside)).toEqual([403, "NETWORK_NOT_ALLOWED"]);
    expect(fixture.backend.header("x-forwarded-for")).toEqual(["192.0.2.7"]);
    // The suite's own gateway trusts nobody.
    const headers: [string, string][] = [["X-Forwarded-For", "192.0.2.7"], ...pairHeaders(outside)];
    expect((await call(`${api.path}/x`, { headers })).status).toBe(403);
  });
});

test("a credential's scope leaves other APIs out, with its cause for the owner alone", async () => {
  expect((await call(`${other.path}/x`, { headers: pairHeaders(scoped) })).status).toBe(200);
  const refused = await call(`${api.path}/x`, { headers: pairHeaders(scoped) });
  expect([refused.status, refused.json.code]).toEqual([403, "NOT_SUBSCRIBED"]);
  expect(refused.text).not.toContain("scope");
  expect(await causeOf(refused.json.requestId)).toBe("out-of-scope");
});

describe("a budget of failed authentications for each address (T31)", () => {
  const wrong = () => ({ ...credential, secret: newClientSecret("sandbox") });

  test("past it failures are 429 with Retry-After, and the exact cause is still on record", async () => {
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 8; i += 1) codes.push((await from("198.51.100.1", `${api.path}/x`, wrong()))[1]);
    expect(codes.slice(0, 5)).toEqual(Array(5).fill("CREDENTIAL_INVALID"));
    expect(codes.slice(-2)).toEqual(["TOO_MANY_FAILURES", "TOO_MANY_FAILURES"]);
    const headers: [string, string][] = [["X-Forwarded-For", "198.51.100.1"], ...pairHeaders(wrong())];
    const answer = await call(`${api.path}/x`, { headers }, gateway.address);
    expect([answer.status, answer.headers["retry-after"], answer.headers["cache-control"]]).toEqual([
      429,
      "10",
      "no-store",
    ]);
    expect(await causeOf(answer.json.requestId)).toBe("secret-wrong");
  });

  test("nobody is locked out: the right secret is served from that address, and the ID from any other", async () => {
    for (let i = 0; i < 10; i += 1) await from("198.51.100.2", `${api.path}/x`, wrong());
    expect(await from("198.51.100.2", `${api.path}/x`, credential)).toEqual([200, undefined]);
    expect(await from("198.51.100.3", `${api.path}/x`, wrong())).toEqual([401, "CREDENTIAL_INVALID"]);
  });

  test("unknown IDs count as well, missing credentials do not", async () => {
    for (let i = 0; i < 10; i += 1) expect((await from("198.51.100.4", `${api.path}/x`))[1]).toBe("CREDENTIAL_MISSING");
    const unknown = { ...credential, clientId: newClientId() };
    expect((await from("198.51.100.4", `${api.path}/x`, unknown))[1]).toBe("CLIENT_ID_NOT_REGISTERED");
    for (let i = 0; i < 8; i += 1) await from("198.51.100.4", `${api.path}/x`, unknown);
    expect((await from("198.51.100.4", `${api.path}/x`, unknown))[1]).toBe("TOO_MANY_FAILURES");
  });
});

test("calls past the bound are 503 with Retry-After, and those that end make room", async () => {
  const waiting: (() => void)[] = [];
  const arrived = new Promise<void>((done) => {
    fixture.backend.answer = (_req, res) => {
      waiting.push(() => res.end("{}"));
      if (waiting.length === 3) done();
    };
  });
  const three = Array.from({ length: 3 }, () => from("198.51.100.9", `${api.path}/open`));
  await arrived;
  const fourth = await call(`${api.path}/open`, {}, gateway.address);
  expect([fourth.status, fourth.json.code, fourth.headers["retry-after"]]).toEqual([503, "OVERLOADED", "1"]);
  fixture.backend.answer = undefined;
  for (const answer of waiting) answer();
  expect((await Promise.all(three)).map(([status]) => status)).toEqual([200, 200, 200]);
  expect((await from("198.51.100.9", `${api.path}/open`))[0]).toBe(200);
});

test("a connection that says nothing is no call in flight", async () => {
  const silent = await Promise.all(Array.from({ length: 5 }, () => open(gateway.address)));
  expect((await from("198.51.100.9", `${api.path}/open`))[0]).toBe(200);
  for (const socket of silent) socket.destroy();
  await Promise.all(silent.map((socket) => socket.closed || once(socket, "close")));
});
