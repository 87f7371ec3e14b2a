import { expect, test } from "vitest";
import { registerApplication } from "#lib/application/register-application.ts";
import { resetSecret } from "#lib/credential/reset-secret.ts";
import { revokeCredential } from "#lib/credential/revoke-credential.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { dumpAllTables } from "#lib/test-kit/dump.ts";
import { consumer } from "#lib/test-kit/people.ts";
import { verifyAccessToken } from "./access-token.ts";
import { exchangeInPortal } from "./exchange-in-portal.ts";
import { readSigningKeys } from "./read-signing-keys.ts";
import { rotateSigningKey } from "./rotate-signing-key.ts";

ownDatabase();

async function storefront() {
  const { owner, organizationId } = await consumer();
  const made = await registerApplication(owner, { organizationId, name: "Storefront", environment: "sandbox" });
  return { owner, ...made };
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
async function ask(
  { clientId, secret }: { clientId: string; secret: string },
  from = "198.51.100.1",
  now = new Date(),
) {
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
  const contentType = "application/x-www-form-urlencoded";
  const body = pieces(new URLSearchParams(form).toString());
  const answer = await exchangeInPortal({ contentType, authorization: "", address: from, body }, () => now);
  return { ...answer, json: JSON.parse(answer.body) };
}

test("the portal gives the same tokens as gateways, and notes the use", async () => {
  const { credential, applicationId } = await storefront();
  const answer = await ask(credential);
  expect([answer.status, answer.headers["Cache-Control"]]).toEqual([200, "no-store"]);
  const keys = await readSigningKeys();
  const key = keys.keyOf(answer.json.access_token, Date.now());
  if (!key) throw new Error("the token is not one of ours");
  expect(await verifyAccessToken(key, answer.json.access_token, Date.now())).toMatchObject({
    clientId: credential.clientId,
  });
  const row = await db().credential.findFirstOrThrow({ where: { applicationId } });
  expect(row.lastUsedAt).not.toBeNull();
});

test("after a reset the old secret gets none, after a revocation and a suspension nobody does", async () => {
  const { owner, credential, applicationId } = await storefront();
  const { credentialId } = credential;
  const reset = await resetSecret(owner, { credentialId });
  expect([(await ask(credential)).status, (await ask(reset)).status]).toEqual([401, 200]);
  await db().application.update({ where: { id: applicationId }, data: { state: "suspended" } });
  expect((await ask(reset)).json.error).toBe("invalid_client");
  await db().application.update({ where: { id: applicationId }, data: { state: "active" } });
  expect((await ask(reset)).status).toBe(200);
  await revokeCredential(owner, { credentialId });
  expect((await ask(reset)).json.error).toBe("invalid_client");
});

test("past its budget an address gets 429 for what fails and a token for what is right; others go on (T31)", async () => {
  const { credential } = await storefront();
  const wrong = { ...credential, secret: credential.secret.replace(/.$/, (last) => (last === "A" ? "B" : "A")) };
  const [address, other] = ["203.0.113.7", "203.0.113.8"];
  const start = Date.now();
  const at = (seconds: number) => new Date(start + seconds * 1_000);
  // Good ones use nothing up.
  for (let n = 0; n < 3; n += 1) expect((await ask(credential, address, at(0))).status).toBe(200);
  for (let n = 0; n < 100; n += 1) expect((await ask(wrong, address, at(n / 10))).status).toBe(401);

  const refused = await ask(wrong, address, at(20));
  expect([refused.status, refused.headers["Retry-After"], refused.headers["Cache-Control"]]).toEqual([
    ...[429, "40", "no-store"],
  ]);
  expect(refused.json).toEqual({
    error: "invalid_client",
    error_description: "Too many failed authentications from this address",
  });
  expect((await ask(credential, address, at(20))).status).toBe(200);
  expect((await ask(wrong, other, at(20))).status).toBe(401);
  // What was refused so was not counted: a minute after the first of the hundred there are a hundred again.
  for (let n = 0; n < 100; n += 1) expect((await ask(wrong, address, at(60.001))).status).toBe(401);
  expect((await ask(wrong, address, at(60.001))).status).toBe(429);
});

test("all addresses of a /64 share a budget, and an unknown client uses it as well as a wrong secret (T31)", async () => {
  const { credential } = await storefront();
  const unknown = { ...credential, clientId: "0".repeat(32) };
  const now = new Date();
  for (let n = 0; n < 100; n += 1) await ask(unknown, `2001:db8:1:2::${n.toString(16)}`, now);
  expect((await ask(unknown, "2001:db8:1:2:ffff::1", now)).status).toBe(429);
  expect((await ask(unknown, "2001:db8:1:3::1", now)).status).toBe(401);
});

test("a body over 16 KB is not read to its end", async () => {
  let sent = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      sent += 1;
      yield new Uint8Array(8_192);
    }
  }
  const contentType = "application/x-www-form-urlencoded";
  const answer = await exchangeInPortal({ contentType, authorization: "", address: "198.51.100.1", body: endless() });
  expect([answer.status, JSON.parse(answer.body).error, sent]).toEqual([413, "invalid_request", 3]);
});

test("neither a token nor the private half of a key is in the database (T24)", async () => {
  const { credential } = await storefront();
  const { access_token } = (await ask(credential)).json;
  const kept = await dumpAllTables();
  expect(kept).not.toContain(access_token.split(".")[2]);
  expect(kept).not.toMatch(/"d\W+:/);
});

test("processes that need the first key at once make one", async () => {
  await db().signingKey.deleteMany();
  const all = await Promise.all(Array.from({ length: 5 }, () => readSigningKeys()));
  expect(new Set(all.map((keys) => keys.jwks(Date.now()))).size).toBe(1);
  expect(await db().signingKey.count()).toBe(1);
});

test("a rotation publishes before it signs, keeps the old key as long as its tokens, and then drops it", async () => {
  await db().signingKey.deleteMany();
  const before = await readSigningKeys();
  const start = Date.now();
  const rotation = await rotateSigningKey({}, () => new Date(start));
  expect(rotation.signsAt.getTime() - start).toBe(600_000);
  expect(rotation.oldEndsAt.getTime() - start).toBe(600_000 + 3_660_000);
  const keys = await readSigningKeys();
  const kids = (ms: number) => JSON.parse(keys.jwks(ms)).keys.map((key: { kid: string }) => key.kid);
  const [old] = JSON.parse(before.jwks(start)).keys;
  expect(kids(start)).toEqual([rotation.kid, old.kid]);
  expect(kids(rotation.oldEndsAt.getTime())).toEqual([rotation.kid]);
  const later = new Date(rotation.oldEndsAt);
  await rotateSigningKey({}, () => later);
  expect(await db().signingKey.findUnique({ where: { id: old.kid } })).toBeNull();
});

test("a key that somebody else may have ends at once, with all that it signed", async () => {
  const { credential } = await storefront();
  const { access_token } = (await ask(credential)).json;
  await rotateSigningKey({ atOnce: true });
  expect((await readSigningKeys()).keyOf(access_token, Date.now())).toBeUndefined();
  const fresh = (await ask(credential)).json.access_token;
  expect((await readSigningKeys()).keyOf(fresh, Date.now())).toBeDefined();
});

test("keys that were sealed with another SEAL_KEY sign nothing more, and a new one is made", async () => {
  const { credential } = await storefront();
  const { access_token } = (await ask(credential)).json;
  await db().signingKey.updateMany({ data: { sealKeyId: "00000000" } });
  const keys = await readSigningKeys();
  const key = keys.keyOf(access_token, Date.now());
  expect(key && (await verifyAccessToken(key, access_token, Date.now()))).toBeDefined();
  expect((await ask(credential)).status).toBe(200);
});
