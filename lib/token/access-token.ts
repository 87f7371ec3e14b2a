import { decodeJwt, errors, jwtVerify } from "jose";
import { z } from "zod";
import { env } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";
import { ACCESS_TOKEN_TYPE, ALGORITHM, type SigningKey, type SigningKeys } from "./signing-keys.ts";

/** Who a token speaks for. */
export interface TokenSubject {
  clientId: string;
  applicationId: string;
  environment: "sandbox" | "production";
  /** `secretVersion` of the secret that it is made from. */
  version: number;
}

/** A token whose signature, issuer, audience, type and times were right. Whether its credential still is, is for each call to ask. */
export interface VerifiedToken {
  clientId: string;
  version: number;
  expiresAtMs: number;
}

/** Signs an access token (RFC 9068) that ends at `expiresAtMs`, whole seconds. Throws NoSigningKeyError. */
export function issueAccessToken(
  keys: SigningKeys,
  subject: TokenSubject,
  { nowMs, expiresAtMs }: { nowMs: number; expiresAtMs: number },
): Promise<string> {
  const claims = {
    iss: env().PORTAL_URL,
    sub: subject.applicationId,
    aud: env().GATEWAY_URL,
    client_id: subject.clientId,
    scope: subject.environment,
    ver: subject.version,
    jti: newId(),
    iat: Math.floor(nowMs / 1_000),
    exp: expiresAtMs / 1_000,
  };
  return keys.sign(ACCESS_TOKEN_TYPE, claims, nowMs);
}

const ownClaims = z.object({ client_id: z.string(), ver: z.int(), exp: z.int() });

/**
 * What a token says of itself, not verified: a hundred times cheaper than its signature, so that it is looked up first.
 * Undefined when it says nothing that one of ours would.
 */
export function readUnverified(token: string): VerifiedToken | undefined {
  try {
    const { client_id, ver, exp } = ownClaims.parse(decodeJwt(token));
    return { clientId: client_id, version: ver, expiresAtMs: exp * 1_000 };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Verifies an access token with the key that it names; undefined when anything about it is wrong (T33). No input or output. */
export async function verifyAccessToken(
  key: SigningKey,
  token: string,
  nowMs: number,
): Promise<VerifiedToken | undefined> {
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: [ALGORITHM],
      typ: ACCESS_TOKEN_TYPE,
      issuer: env().PORTAL_URL,
      audience: env().GATEWAY_URL,
      requiredClaims: ["sub", "client_id", "jti", "iat", "exp"],
      currentDate: new Date(nowMs),
    });
    const { client_id, ver, exp } = ownClaims.parse(payload);
    return { clientId: client_id, version: ver, expiresAtMs: Math.min(exp * 1_000, key.endsAtMs) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
