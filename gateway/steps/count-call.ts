import { type Refused, refuseWith } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import type { SubscriptionLimits } from "#gateway/limits/counter.ts";
import type { Taken } from "#gateway/limits/limit-store.ts";
import type { LimitKind } from "#gateway/limits/plan-limits.ts";
import type { GatewaySubscription } from "#gateway/snapshot/model.ts";
import { type Refusal, refusals } from "#lib/errors/refusals.ts";
import { log } from "#lib/log.ts";

const REFUSALS: Record<LimitKind, Refusal> = {
  burst: "BURST_LIMIT_EXCEEDED",
  rate: "RATE_LIMIT_EXCEEDED",
  quota: "QUOTA_EXCEEDED",
};

/**
 * Counts the call against every limit of the plan, over all credentials of the application: 429 with Retry-After, and
 * the limit that bound. A call that is rejected, here or later, uses up nothing (answer-refusal.ts gives it back).
 * A promise only where other gateways have to be asked.
 */
export function countCall(call: Call): Refused | undefined | Promise<Refused | undefined> {
  const { subscription } = call;
  if (!subscription) return undefined;
  const limits = limitsOf(call, subscription);
  const taken = call.gateway.limits.take(limits, call.startedAtMs);
  return taken instanceof Promise ? taken.then((later) => settle(call, limits, later)) : settle(call, limits, taken);
}

function limitsOf(call: Call, subscription: GatewaySubscription): SubscriptionLimits {
  const { operationLimits } = subscription;
  if (!operationLimits) return subscription.limits;
  const { api, operation } = call;
  if (!api || !operation) throw new Error("the call is not routed");
  return operationLimits.get(api.apiDefinitionId)?.get(`${operation.method} ${operation.path}`) ?? subscription.limits;
}

function settle(call: Call, limits: SubscriptionLimits, taken: Taken): Refused | undefined {
  call.limitHeaders = taken.headers;
  if (!taken.bound) {
    // The client went away while others were asked, or was refused for its body.
    if (call.res.destroyed || call.res.headersSent) call.gateway.limits.giveBack(limits, call.startedAtMs);
    else call.counted = limits;
    if (taken.overSoft) noteOverSoft(call, limits);
    return undefined;
  }
  const { counter, text } = taken.bound;
  const refusal = REFUSALS[counter.kind];
  const retryAfter = String(counter.resetSeconds(call.startedAtMs));
  return refuseWith(refusal, `${refusals[refusal].detail}: ${text}`, ["Retry-After", retryAfter]);
}

/** Counts the call for the metrics, and logs the first one of each window. */
function noteOverSoft(call: Call, { limits }: SubscriptionLimits): void {
  call.gateway.limits.stats.overSoft += 1;
  for (const { hard, limit, counter, text } of limits) {
    if (hard || counter.used <= limit || counter.overSoftAtMs === counter.startMs) continue;
    counter.overSoftAtMs = counter.startMs;
    log.warn({ requestId: call.requestId, subscription: call.subscription?.id, limit: text }, "over a soft limit");
  }
}
