import { createHmac } from "node:crypto";
import { base64url, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { env } from "#lib/env.ts";
import { newClientId, newId } from "#lib/ids.ts";
import { issueAccessToken, verifyAccessToken } from "./access-token.ts";
import { secretVersion } from "./secret-version.ts";
import { ALGORITHM, NoSigningKeyError, type SigningKey, SigningKeys } from "./signing-keys.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

async function makeKey(times: Partial<SigningKey> = {}): Promise<SigningKey> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  return {
    kid: newId(),
    publicJwk: await exportJWK(pair.publicKey),
    publicKey: pair.publicKey,
    privateKey: pair.privateKey,
    signsAtMs: NOW - HOUR,
    endsAtMs: Number.POSITIVE_INFINITY,
    ...times,
  };
}

let key: SigningKey;
let other: SigningKey;
let keys: SigningKeys;
const subject = { clientId: newClientId(), applicationId: newId(), environment: "sandbox", version: 7 } as const;

beforeAll(async () => {
  [key, other] = await Promise.all([makeKey(), makeKey()]);
  keys = new SigningKeys([key]);
});

const issue = (from = keys) => issueAccessToken(from, subject, { nowMs: NOW, expiresAtMs: NOW + 900_000 });
/** As the gateway takes a token: first whose it is, then whether it is right. */
async function accepts(token: string, nowMs = NOW, by = keys): Promise<boolean> {
  const own = by.keyOf(token, nowMs);
  return own !== undefined && (await verifyAccessToken(own, token, nowMs)) !== undefined;
}

test("an access token says who, for whom, from when until when, and is taken until it ends", async () => {
  const token = await issue();
  const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  expect(payload).toEqual({
    iss: env().PORTAL_URL,
    sub: subject.applicationId,
    aud: env().GATEWAY_URL,
    client_id: subject.clientId,
    scope: "sandbox",
    ver: 7,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    iat: NOW / 1_000,
    exp: NOW / 1_000 + 900,
  });
  expect(await verifyAccessToken(key, token, NOW)).toEqual({
    clientId: subject.clientId,
    version: 7,
    expiresAtMs: NOW + 900_000,
  });
  expect([await accepts(token, NOW + 899_000), await accepts(token, NOW + 900_000)]).toEqual([true, false]);
});

describe("what is not our token, byte for byte, is refused (T33)", () => {
  const claims = (): JWTPayload => ({
    iss: env().PORTAL_URL,
    sub: subject.applicationId,
    aud: env().GATEWAY_URL,
    client_id: subject.clientId,
    scope: "sandbox",
    ver: 7,
    jti: newId(),
    iat: NOW / 1_000,
    exp: NOW / 1_000 + 900,
  });
  const header = () => ({ alg: ALGORITHM, typ: "at+jwt", kid: key.kid });
  const sign = (own: JWTPayload, protectedHeader: object = header(), by = key) =>
    new SignJWT(own).setProtectedHeader(protectedHeader as ReturnType<typeof header>).sign(by.privateKey as CryptoKey);
  const text = (own: object) => base64url.encode(JSON.stringify(own));
  const hs256 = async (secret: string, head = { ...header(), alg: "HS256" }) => {
    const signed = `${text(head)}.${text(claims())}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };

  const forged: Record<string, () => Promise<string> | string> = {
    "alg none": () => `${text({ ...header(), alg: "none" })}.${text(claims())}.`,
    "alg none in capitals": () => `${text({ ...header(), alg: "NONE" })}.${text(claims())}.`,
    "our header without a signature": () => `${text(header())}.${text(claims())}.`,
    "HS256 with the public key as its secret": () => hs256(JSON.stringify(key.publicJwk)),
    "HS256 under our own header": () => hs256(JSON.stringify(key.publicJwk), header()),
    "signed by another key under our kid": () => sign(claims(), header(), other),
    "signed by another key under its own kid": () => sign(claims(), { ...header(), kid: other.kid }, other),
    "a kid that climbs paths": () => sign(claims(), { ...header(), kid: "../../../dev/null" }),
    "a jku of somebody else": () => sign(claims(), { ...header(), jku: "https://evil.example/jwks" }, other),
    "a key of its own in the header": () => sign(claims(), { ...header(), jwk: other.publicJwk }, other),
    "an x5u": () => sign(claims(), { ...header(), x5u: "https://evil.example/cert" }, other),
    "a jku, though signed by us": () => sign(claims(), { ...header(), jku: "https://evil.example/jwks" }),
    "another issuer": () => sign({ ...claims(), iss: "https://evil.example" }),
    "another audience": () => sign({ ...claims(), aud: "https://other.example" }),
    "no audience": () => sign({ ...claims(), aud: undefined }),
    "another type, such as a proof for a backend": () => sign(claims(), { ...header(), typ: "JWT" }),
    "no type": () => sign(claims(), { alg: ALGORITHM, kid: key.kid }),
    expired: () => sign({ ...claims(), exp: NOW / 1_000 - 1 }),
    "no end": () => sign({ ...claims(), exp: undefined }),
    "not yet valid": () => sign({ ...claims(), nbf: NOW / 1_000 + 60 }),
    "no client ID": () => sign({ ...claims(), client_id: undefined }),
    "a version that is no number": () => sign({ ...claims(), ver: "7" }),
    "two parts": async () => (await issue()).split(".").slice(0, 2).join("."),
    "four parts": async () => `${await issue()}.x`,
    "a payload that was changed": async () => {
      const [head, , signature] = (await issue()).split(".");
      return `${head}.${text({ ...claims(), client_id: newClientId() })}.${signature}`;
    },
    "no JSON": () => `${text(header())}.e30x.AAAA`,
    empty: () => "",
  };

  test.each(Object.keys(forged))("%s", async (name) => {
    expect(await accepts((await forged[name]?.()) ?? "")).toBe(false);
  });

  test.each(Object.keys(forged).filter((name) => !/though signed|no type|climbs/.test(name)))(
    "%s: also when only its signature and claims are looked at",
    async (name) => {
      expect(await verifyAccessToken(key, (await forged[name]?.()) ?? "", NOW)).toBeUndefined();
    },
  );

  test("the table would show an honest token", async () => {
    expect(await accepts(await sign(claims()))).toBe(true);
  });
});

describe("keys by the clock", () => {
  test("a new key is published before it signs, and the old one is believed until its last token has ended", async () => {
    const old = await makeKey({ endsAtMs: NOW + 2 * HOUR });
    const next = await makeKey({ signsAtMs: NOW + HOUR });
    const both = new SigningKeys([old, next]);
    const kidsAt = (ms: number) => JSON.parse(both.jwks(ms)).keys.map(({ kid }: { kid: string }) => kid);
    const kidOf = async (nowMs: number) => {
      const token = await issueAccessToken(both, subject, { nowMs, expiresAtMs: nowMs + 900_000 });
      return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
    };
    expect(kidsAt(NOW)).toEqual([next.kid, old.kid]);
    expect([await kidOf(NOW), await kidOf(NOW + HOUR)]).toEqual([old.kid, next.kid]);
    const late = await issueAccessToken(new SigningKeys([old]), subject, { nowMs: NOW, expiresAtMs: NOW + 3 * HOUR });
    expect(await accepts(late, NOW + 2 * HOUR - 1_000, both)).toBe(true);
    expect((await verifyAccessToken(old, late, NOW))?.expiresAtMs).toBe(NOW + 2 * HOUR);
    expect(await accepts(late, NOW + 2 * HOUR, both)).toBe(false);
    expect(kidsAt(NOW + 2 * HOUR)).toEqual([next.kid]);
  });

  test("what is published holds no private part, and verifies what was signed", async () => {
    const [published] = JSON.parse(keys.jwks(NOW)).keys;
    expect(Object.keys(published).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
    const publicKey = (await importJWK(published, ALGORITHM)) as SigningKey["publicKey"];
    expect(await verifyAccessToken({ ...key, publicKey }, await issue(), NOW)).toBeDefined();
  });

  test("without a key that may sign nothing is signed, and nothing is ours", async () => {
    const none = new SigningKeys([await makeKey({ endsAtMs: NOW }), { ...key, privateKey: null }]);
    await expect(issue(none)).rejects.toThrow(NoSigningKeyError);
    expect(new SigningKeys([]).keyOf(await issue(), NOW)).toBeUndefined();
  });
});

test("the version names one secret and does not give its record away", () => {
  const records = Array.from({ length: 500 }, (_, i) => Buffer.alloc(32, i.toString().padStart(8, "0")));
  const versions = records.map(secretVersion);
  expect(new Set(versions).size).toBe(records.length);
  expect(versions.every((version) => Number.isSafeInteger(version) && version >= 0)).toBe(true);
  expect(
    versions.map((version, i) => records[i]?.includes(Buffer.from(version.toString(16).padStart(12, "0"), "hex"))),
  ).not.toContain(true);
});
