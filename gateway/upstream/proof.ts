import type { Call } from "#gateway/call.ts";
import type { Backend } from "#gateway/snapshot/model.ts";
import { env } from "#lib/env.ts";

/** Header of the proof; a client's own never travels (T7). */
export const PROOF_HEADER = "X-Gateway-Proof";
/** The media type of a proof, so that it is no access token and an access token is no proof. */
export const PROOF_TYPE = "gateway-proof+jwt";
/** A proof is for one call: long enough for clocks that differ a little. */
const PROOF_SECONDS = 60;

/**
 * A JWT that the call came through the gateway (S31), for one backend: who called (`sub` the application, `client_id`,
 * `plan`), and which call it was (`jti` the request ID). Signed with the keys of the access tokens; the backend verifies
 * it with their JSON Web Key Set. Rejects when no key may sign: then nothing is sent.
 */
export function signProof(call: Call, backend: Backend): Promise<string> {
  const { credential, subscription, requestId, gateway } = call;
  const nowMs = Date.now();
  const seconds = Math.floor(nowMs / 1_000);
  const { snapshot } = gateway;
  const plan = subscription && snapshot.releases.get(subscription.releaseId)?.planNames.get(subscription.planId);
  const claims = {
    iss: env().PORTAL_URL,
    aud: backend.endpoint.origin,
    ...(credential && { sub: credential.applicationId, client_id: credential.clientId }),
    ...(plan !== undefined && { plan }),
    jti: requestId,
    iat: seconds,
    exp: seconds + PROOF_SECONDS,
  };
  return snapshot.tokens.keys.sign(PROOF_TYPE, claims, nowMs);
}
