import { type Refused, refuseWith } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import { limitHeaders } from "#gateway/limits/limit-headers.ts";
import { resetSeconds, takeCall } from "#gateway/limits/windows.ts";

/**
 * Counts the call against every limit of the plan, over all credentials of the application: 429 RATE_LIMIT_EXCEEDED
 * with Retry-After. A rejected call uses up nothing.
 */
export function countCall(call: Call): Refused | undefined {
  const { subscription } = call;
  if (!subscription) return undefined;
  const bound = takeCall(subscription.limits, call.startedAtMs);
  call.limitHeaders = limitHeaders(subscription.limits, call.startedAtMs);
  if (!bound) {
    call.counted = subscription.limits;
    return undefined;
  }
  const retryAfter = String(resetSeconds(bound, call.startedAtMs));
  return refuseWith("RATE_LIMIT_EXCEEDED", `Rate limit exceeded: ${bound.text}`, ["Retry-After", retryAfter]);
}
