import { timingSafeEqual } from "node:crypto";
import { fastVerifier } from "#lib/crypto/fast-verifier.ts";
import { issueAccessToken } from "./access-token.ts";
import { secretVersion } from "./secret-version.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { type TokenAnswer, type TokenRefusal, tokenIssued, tokenRefused } from "./token-answer.ts";
import { readTokenRequest, type TokenRequest, type TokenWish, wrongClient } from "./token-request.ts";

export interface HolderSecret {
  verifier: Buffer;
  /** Infinity: it has no end yet. */
  notAfterMs: number;
}

/** A credential as the exchange needs it: of a client, or the API key of a service ID. */
export interface TokenHolder {
  id: string;
  clientId: string;
  applicationId: string;
  environment: "sandbox" | "production";
  revoked: boolean;
  /** Infinity: never. */
  expiresAtMs: number;
  secrets: readonly HolderSecret[];
}

export interface Exchange {
  answer: TokenAnswer;
  /** The credential that was shown and is known, right or wrong. */
  holderId: string | undefined;
  /** A credential was shown and is not right: a failed authentication. */
  failed: boolean;
}

/** Stands in for the secrets of an ID that is not known: the same work, and it matches nothing (T30). */
const NO_SECRETS: readonly HolderSecret[] = [{ verifier: Buffer.alloc(32), notAfterMs: Number.NEGATIVE_INFINITY }];

/**
 * A client's credential for a temporary access token (S130, gateway.md part 5). `find` gives the credential of a client
 * ID, and undefined as well when its application is gone or suspended. The secret is checked by its keyed record, so
 * that nobody can make the machine compute argon2 (T32). Throws NoSigningKeyError.
 */
export async function exchangeToken(
  request: TokenRequest,
  find: (clientId: string) => TokenHolder | undefined | Promise<TokenHolder | undefined>,
  keys: SigningKeys,
  nowMs: number,
): Promise<Exchange> {
  const wish = readTokenRequest(request);
  if ("error" in wish) return refused(wish, undefined, wish.error === "invalid_client");
  const holder = await find(wish.clientId);
  const secret = liveSecret(holder, wish, nowMs);
  if (!holder || !secret) return refused(wrong(wish.grant), holder?.id, true);
  const scope = holder.environment;
  if (wish.scope.some((word) => word !== scope)) {
    return refused({ error: "invalid_scope", description: `This credential is for ${scope}` }, holder.id, false);
  }
  const endMs = Math.min(nowMs + wish.seconds * 1_000, holder.expiresAtMs, secret.notAfterMs);
  const expiresAtMs = Math.floor(endMs / 1_000) * 1_000;
  const version = secretVersion(secret.verifier);
  const access_token = await issueAccessToken(keys, { ...holder, version }, { nowMs, expiresAtMs });
  const expiration = expiresAtMs / 1_000;
  const expires_in = Math.max(0, expiration - Math.floor(nowMs / 1_000));
  return {
    answer: tokenIssued({ access_token, expires_in, expiration, scope }),
    holderId: holder.id,
    failed: false,
  };
}

/** The secret that matches and may be used now. Every one is compared, whichever matches. */
function liveSecret(holder: TokenHolder | undefined, wish: TokenWish, nowMs: number): HolderSecret | undefined {
  const verifier = fastVerifier(wish.clientId, wish.secret);
  let live: HolderSecret | undefined;
  for (const secret of holder?.secrets ?? NO_SECRETS) {
    if (timingSafeEqual(secret.verifier, verifier) && secret.notAfterMs > nowMs) live = secret;
  }
  return holder && !holder.revoked && holder.expiresAtMs > nowMs ? live : undefined;
}

/** One text for all causes. A wrong client is 401; a wrong API key is a wrong grant (RFC 7521 4.1.1 of its kind). */
const wrong = (grant: TokenWish["grant"]): TokenRefusal =>
  grant === "apikey"
    ? { error: "invalid_grant", description: "The API key is not valid" }
    : wrongClient("Invalid client ID or secret");

const refused = (refusal: TokenRefusal, holderId: string | undefined, failed: boolean): Exchange => ({
  answer: tokenRefused(refusal),
  holderId,
  failed,
});
