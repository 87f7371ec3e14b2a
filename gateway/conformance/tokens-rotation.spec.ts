import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDb } from "#lib/db/client.ts";
import {
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  makePlace,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { makeServiceId } from "#lib/test-kit/service-id.ts";
import { rotateSigningKey } from "#lib/token/rotate-signing-key.ts";
import { call } from "./kit/client.ts";
import { operation, pairInHeaders } from "./kit/own-fixture.ts";
import { type OwnDatabase, type OwnGateway, startDatabase, startGateway } from "./kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "./kit/recording-backend.ts";
import { askToken, basic, bearer, partOf, tokenFor } from "./kit/tokens.ts";

// Two gateways of an installation of their own: a rotation at once would end the tokens of the other files.

/** One installation, one address: what a token is for. */
const addresses = { GATEWAY_URL: "https://api.example.com", PORTAL_URL: "https://portal.example.com" };

let database: OwnDatabase;
let backend: RecordingBackend;
let gateways: OwnGateway[] = [];
let api: FixturePublished;
let app: FixtureCredential;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  gateways = [
    await startGateway(database.url, { env: addresses }),
    await startGateway(database.url, { env: { ...addresses, GATEWAY_FAILURES_MAX: "5" } }),
  ];
  backend = await startBackend();
  const place = await makePlace();
  const operations = [operation("GET", "/x", [["id", "secret"]])];
  const common = { place, backendUrl: backend.url, schemes: pairInHeaders, operations };
  api = await publish({ ...common, basePath: "/rotation" });
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, api);
  app = await makeCredential(applicationId);
});
afterAll(async () => {
  await closeDb();
  for (const gateway of gateways) await gateway.stop();
  await backend?.stop();
  await database?.stop();
});

const statuses = (token: string) =>
  Promise.all(
    gateways.map(async ({ address }) => (await call(`${api.path}/x`, { headers: [bearer(token)] }, address)).status),
  );
const token = (gateway = 0) => tokenFor(app, gateways[gateway]?.address);
const keySets = () => Promise.all(gateways.map(async ({ address }) => call("/.well-known/jwks.json", {}, address)));
const kidOf = (text: string): string => partOf(text, 0).kid;

test("a token of one gateway is taken by the other, and by whoever reads the published keys", async () => {
  const own = await token();
  expect(await statuses(own)).toEqual([200, 200]);
  const [first, second] = await keySets();
  expect(first?.headers).toMatchObject({
    "cache-control": "public, max-age=300",
    "content-type": "application/jwk-set+json",
  });
  expect(first?.json).toEqual(second?.json);
  const { payload } = await jwtVerify(own, createLocalJWKSet(first?.json), {
    issuer: "https://portal.example.com",
    audience: "https://api.example.com",
    typ: "at+jwt",
  });
  expect(payload.client_id).toBe(app.clientId);
});

test("a new key is published by all before it signs; tokens of the old one live on", async () => {
  const old = await token();
  const { kid, live } = await rotateSigningKey({ publishedBeforeSeconds: 5 });
  expect(live).toMatchObject({ gateways: 2, live: 2, complete: true });
  for (const { json } of await keySets()) {
    expect(json.keys.map((key: { kid: string }) => key.kid)).toEqual([kid, kidOf(old)]);
  }
  expect(kidOf(await token())).toBe(kidOf(old));
  const started = Date.now();
  let fresh = await token(1);
  while (kidOf(fresh) !== kid && Date.now() - started < 20_000) fresh = await token(1);
  expect(kidOf(fresh)).toBe(kid);
  expect(await statuses(fresh)).toEqual([200, 200]);
  expect(await statuses(old)).toEqual([200, 200]);
});

test("a key that is retired takes its tokens with it, those that were verified before as well", async () => {
  const old = await token();
  expect(await statuses(old)).toEqual([200, 200]);
  const { kid, live } = await rotateSigningKey({ atOnce: true });
  expect(live.complete).toBe(true);
  expect(await statuses(old)).toEqual([401, 401]);
  const fresh = await token();
  expect([kidOf(fresh), await statuses(fresh)]).toEqual([kid, [200, 200]]);
  for (const { json } of await keySets()) expect(json.keys.map((key: { kid: string }) => key.kid)).toEqual([kid]);
});

test("an address that keeps guessing gets 429, at the token endpoint and with tokens alike, and a right pair is served (T31)", async () => {
  const base = gateways[1]?.address;
  const wrong = () => askToken({ grant_type: "client_credentials" }, [basic(app.clientId, "wrong")], base);
  const answers = await Promise.all(Array.from({ length: 60 }, wrong));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
  expect(refused[0]?.headers["retry-after"]).toBe("10");
  const forged = () => call(`${api.path}/x`, { headers: [bearer("x")] }, base);
  const tried = await Promise.all(Array.from({ length: 60 }, forged));
  expect(new Set(tried.map(({ json }) => json.code))).toContain("TOO_MANY_FAILURES");
  const right = await askToken({ grant_type: "client_credentials" }, [basic(app.clientId, app.secret)], base);
  expect(right.status).toBe(200);
});

test("a gateway that starts later knows keys, tokens and policies as those that were told of them (S113)", async () => {
  const [allowed, bare] = [
    await makeServiceId(app.applicationId, [api.apiDefinitionId]),
    await makeServiceId(app.applicationId, []),
  ];
  const own = await token();
  const later = await startGateway(database.url, { env: addresses });
  gateways.push(later);
  const status = async (text: string) =>
    (await call(`${api.path}/x`, { headers: [bearer(text)] }, later.address)).status;
  expect([await status(own), await status(allowed.apiKey), await status(bare.apiKey)]).toEqual([200, 200, 403]);
});
