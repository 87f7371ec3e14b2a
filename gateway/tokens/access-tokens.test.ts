import { exportJWK, generateKeyPair } from "jose";
import { beforeAll, expect, test } from "vitest";
import type { GatewayCredential } from "#gateway/snapshot/model.ts";
import { newClientId, newId } from "#lib/ids.ts";
import { issueAccessToken } from "#lib/token/access-token.ts";
import { secretVersion } from "#lib/token/secret-version.ts";
import { ALGORITHM, SigningKeys } from "#lib/token/signing-keys.ts";
import { AccessTokens, lookAgain } from "./access-tokens.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const verifier = Buffer.alloc(32, 7);
const version = secretVersion(verifier);
let keys: SigningKeys;

beforeAll(async () => {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const times = { signsAtMs: 0, endsAtMs: Number.POSITIVE_INFINITY };
  keys = new SigningKeys([{ kid: newId(), publicJwk: await exportJWK(pair.publicKey), ...pair, ...times }]);
});

const lives = () => true;
const issue = (clientId = newClientId()) => {
  const subject = { clientId, applicationId: newId(), environment: "sandbox", version } as const;
  return issueAccessToken(keys, subject, { nowMs: NOW, expiresAtMs: NOW + 900_000 });
};

test("a token is verified once: many calls at once wait for the same answer, later ones for none", async () => {
  const tokens = new AccessTokens(keys, lives);
  const token = await issue();
  const [first, again] = [tokens.verify(token, NOW), tokens.verify(token, NOW)];
  expect(first).toBeInstanceOf(Promise);
  expect(again).toBe(first);
  const known = await first;
  expect(known).toMatchObject({ version, expiresAtMs: NOW + 900_000 });
  expect(tokens.verify(token, NOW + 899_999)).toBe(known);
  expect(tokens.verify(token, NOW + 900_000)).toBeUndefined();
});

test("what is not ours costs no verification, and what is wrong is not remembered", async () => {
  const tokens = new AccessTokens(keys, lives);
  const token = await issue();
  expect([tokens.verify("x", NOW), tokens.verify(`${token}${"A".repeat(2_000)}`, NOW)]).toEqual([undefined, undefined]);
  const changed = `${token.slice(0, -4)}AAAA`;
  expect(await tokens.verify(changed, NOW)).toBeUndefined();
  expect([tokens.size, tokens.verify(changed, NOW) instanceof Promise]).toEqual([0, true]);
});

test("what names no secret that lives is refused before its signature is looked at (T32)", async () => {
  const asked: unknown[] = [];
  const tokens = new AccessTokens(keys, (...what) => {
    asked.push(what);
    return false;
  });
  const clientId = newClientId();
  expect(tokens.verify(await issue(clientId), NOW)).toBeUndefined();
  expect(asked).toEqual([[clientId, version]]);
  const noClaims = (await issue()).replace(/\.[^.]+\./, ".e30.");
  expect([tokens.verify(noClaims, NOW), tokens.verify(`${noClaims}.x`, NOW)]).toEqual([undefined, undefined]);
  expect(tokens.verify(await issue(), NOW + 900_000)).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test("memory is bounded: what is used stays, what is not is verified again", async () => {
  const tokens = new AccessTokens(keys, lives, 10);
  const used = await issue();
  const unused = await issue();
  await tokens.verify(unused, NOW);
  for (let i = 0; i < 50; i += 1) {
    await tokens.verify(used, NOW);
    await tokens.verify(await issue(), NOW);
    expect(tokens.size).toBeLessThanOrEqual(20);
  }
  expect(tokens.verify(used, NOW)).not.toBeInstanceOf(Promise);
  expect(tokens.verify(unused, NOW)).toBeInstanceOf(Promise);
});

test("with other keys nothing is remembered", async () => {
  const token = await issue();
  await new AccessTokens(keys, lives).verify(token, NOW);
  expect(new AccessTokens(new SigningKeys([]), lives).verify(token, NOW)).toBeUndefined();
  expect(new AccessTokens(keys, lives).verify(token, NOW)).toBeInstanceOf(Promise);
});

test("the secret is looked for again when the credential is another object, and found by its version", async () => {
  const known = await new AccessTokens(keys, lives).verify(await issue(), NOW);
  if (!known) throw new Error("the token is right");
  const credential = (own: Buffer[]) =>
    ({ secrets: own.map((one) => ({ verifier: one, notAfterMs: NOW })) }) as unknown as GatewayCredential;
  const other = Buffer.alloc(32, 8);
  const both = credential([other, verifier]);
  lookAgain(known, both);
  expect(known.secret).toBe(both.secrets[1]);
  lookAgain(known, credential([other]));
  expect(known.secret).toBeUndefined();
  lookAgain(known, both);
  lookAgain(known, undefined);
  expect(known.secret).toBeUndefined();
});
