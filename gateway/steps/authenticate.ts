import { timingSafeEqual } from "node:crypto";
import { refuseAuthentication } from "#gateway/admission/refuse-authentication.ts";
import type { Refused } from "#gateway/answer/refusal.ts";
import type { Call, Presented } from "#gateway/call.ts";
import type { GatewayCredential, GatewaySecret } from "#gateway/snapshot/model.ts";
import { isClientSecretShape } from "#lib/crypto/client-secret.ts";
import { fastVerifier } from "#lib/crypto/fast-verifier.ts";
import type { Cause, Refusal } from "#lib/errors/refusals.ts";

/** Stands in for the secrets of an ID that we do not know: the same work, and it matches nothing. */
const NO_SECRETS: readonly GatewaySecret[] = [{ verifier: Buffer.alloc(32), notAfterMs: Number.NEGATIVE_INFINITY }];

export interface Failure {
  refusal: Refusal;
  cause: Cause;
}

/**
 * Finds out who calls, from memory alone: shape, look-up, HMAC and a constant-time comparison (gateway.md part 7).
 * 401 CLIENT_ID_NOT_REGISTERED, 401 CREDENTIAL_INVALID with one text for all its causes; 429 TOO_MANY_FAILURES in their
 * place once the address has used up its budget.
 */
export function authenticate(call: Call): Refused | undefined {
  let first: Failure | undefined;
  for (const presented of call.presented) {
    const failure = check(call, presented);
    if (!failure) {
      call.authenticated = true;
      return undefined;
    }
    first ??= failure;
  }
  return first && refuseAuthentication(call, first.refusal, first.cause);
}

/** Whether a pair may call here; undefined when it may. */
export function check(call: Call, { clientId, clientSecret }: Presented): Failure | undefined {
  const credential = call.gateway.snapshot.credentials.get(clientId);
  // Before anything is decided, so that known and unknown IDs cost the same (T30).
  const secretCause =
    clientSecret === null ? undefined : checkSecret(call, credential?.secrets, clientId, clientSecret);
  if (!credential || !call.gateway.snapshot.applications.has(credential.applicationId)) {
    return { refusal: "CLIENT_ID_NOT_REGISTERED", cause: "unknown-id" };
  }
  call.credential = credential;
  if (!worksHere(call, credential)) return { refusal: "CLIENT_ID_NOT_REGISTERED", cause: "other-environment" };
  if (credential.revoked) return { refusal: "CREDENTIAL_INVALID", cause: "credential-revoked" };
  if (credential.expiresAtMs <= call.startedAtMs) return { refusal: "CREDENTIAL_INVALID", cause: "credential-expired" };
  return secretCause && { refusal: "CREDENTIAL_INVALID", cause: secretCause };
}

/** A credential works in catalogs of its environment; a test or explore credential in its own catalog alone (ruling 1.7). */
export function worksHere({ api }: Call, credential: GatewayCredential): boolean {
  if (!api || credential.environment !== api.catalogKind) return false;
  return credential.catalogId === null || credential.catalogId === api.catalogId;
}

/**
 * Returns why the secret is not right, or undefined, and notes in the call which one it was. Every secret is compared,
 * whichever matches.
 */
function checkSecret(
  call: Call,
  secrets: readonly GatewaySecret[] | undefined,
  clientId: string,
  clientSecret: string,
): Cause | undefined {
  const verifier = fastVerifier(clientId, clientSecret);
  let live = 0;
  let ended = false;
  call.secretAge = -1;
  for (const secret of secrets ?? NO_SECRETS) {
    const isLive = secret.notAfterMs > call.startedAtMs;
    if (timingSafeEqual(secret.verifier, verifier)) {
      if (isLive) call.secretAge = live;
      else ended = true;
    }
    if (isLive) live += 1;
  }
  if (call.secretAge >= 0) return undefined;
  if (ended) return "secret-ended";
  // Public shape and checksum: what it costs says nothing about the secret that is stored.
  return isClientSecretShape(clientSecret) ? "secret-wrong" : "secret-malformed";
}
