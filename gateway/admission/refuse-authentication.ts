import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import type { Cause, Refusal } from "#lib/errors/refusals.ts";

/**
 * The answer to a credential that came and is not right: the refusal, or 429 TOO_MANY_FAILURES when the address has had
 * too many (T31). The cause is recorded either way. Called after the check, so a right credential is never refused.
 */
export function refuseAuthentication(call: Call, refusal: Refusal, cause: Cause): Refused {
  const { failures } = call.gateway.admission;
  return refuse(failures.take(call.clientAddress) ? refusal : "TOO_MANY_FAILURES", cause);
}
