import { refuseAuthentication } from "#gateway/admission/refuse-authentication.ts";
import type { Refused } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import type { GatewayCredential, GatewaySecret } from "#gateway/snapshot/model.ts";
import { type KnownToken, lookAgain } from "#gateway/tokens/access-tokens.ts";
import { apiKeyClientId } from "#lib/crypto/api-key.ts";
import type { Cause } from "#lib/errors/refusals.ts";
import { check, worksHere } from "./authenticate.ts";

/**
 * Finds out who calls with `Authorization: Bearer`: an access token, or the API key of a service ID itself (S131). 401
 * TOKEN_INVALID with one text for all causes; 429 TOO_MANY_FAILURES. A promise only for a token that was never seen.
 */
export function authenticateBearer(call: Call): Refused | undefined | Promise<Refused | undefined> {
  if (call.bearer === "") return undefined;
  const clientId = apiKeyClientId(call.bearer);
  if (clientId !== undefined) return settle(call, check(call, { clientId, clientSecret: call.bearer })?.cause);
  const token = call.gateway.snapshot.tokens.verify(call.bearer, call.startedAtMs);
  if (token instanceof Promise) return token.then((verified) => settle(call, checkToken(call, verified)));
  return settle(call, checkToken(call, token));
}

function settle(call: Call, cause: Cause | undefined): Refused | undefined {
  if (cause) return refuseAuthentication(call, "TOKEN_INVALID", cause);
  call.authenticated = true;
  return undefined;
}

/** How many live secrets of the credential are newer. */
function ageOf(secret: GatewaySecret, { secrets }: GatewayCredential, nowMs: number): number {
  let newer = 0;
  for (const other of secrets) {
    if (other === secret) break;
    if (other.notAfterMs > nowMs) newer += 1;
  }
  return newer;
}

/** Asks with each call what the snapshot says now: a token lives as long as the secret it was made from. */
function checkToken(call: Call, token: KnownToken | undefined): Cause | undefined {
  if (!token) return "token-wrong";
  const { snapshot } = call.gateway;
  const credential = snapshot.credentials.get(token.clientId);
  lookAgain(token, credential);
  if (!credential || !snapshot.applications.has(credential.applicationId)) return "unknown-id";
  call.credential = credential;
  if (!worksHere(call, credential)) return "other-environment";
  if (credential.revoked) return "credential-revoked";
  if (credential.expiresAtMs <= call.startedAtMs) return "credential-expired";
  if (!token.secret || token.secret.notAfterMs <= call.startedAtMs) return "secret-ended";
  call.secretAge = ageOf(token.secret, credential, call.startedAtMs);
  return undefined;
}
