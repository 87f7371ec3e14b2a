import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import { hasPassedTooOften } from "#gateway/upstream/via.ts";

/**
 * 508 LOOP_DETECTED for a call that comes back through its own backend again and again: one call of a client would fill
 * the gateway. After routing, so that its record names the API.
 */
export function checkLoop({ via }: Call): Refused | undefined {
  return via !== "" && hasPassedTooOften(via) ? refuse("LOOP_DETECTED", "passed-too-often") : undefined;
}
