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
async function ask({ clientId, secret }: { clientId: string; secret: string }) {
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
  const contentType = "application/x-www-form-urlencoded";
  const body = pieces(new URLSearchParams(form).toString());
  const answer = await exchangeInPortal({ contentType, authorization: "", body });
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

test("a body over 16 KB is not read to its end", async () => {
  let sent = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      sent += 1;
      yield new Uint8Array(8_192);
    }
  }
  const contentType = "application/x-www-form-urlencoded";
  const answer = await exchangeInPortal({ contentType, authorization: "", body: endless() });
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
