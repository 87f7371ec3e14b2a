import { refuseWith } from "#gateway/answer/refusal.ts";
import {
  type BoundLimit,
  type BoundLimits,
  Counters,
  policyOf,
  type SubscriptionLimits,
} from "#gateway/limits/counter.ts";
import type { Taken } from "#gateway/limits/limit-store.ts";
import type { PlanLimit } from "#gateway/limits/plan-limits.ts";
import type { RatelimitPolicy } from "#lib/assembly/plan.ts";
import type { Context } from "../context.ts";
import { PolicyError } from "../policy-error.ts";
import type { Run } from "./step.ts";

/** Holders whose windows have ended are forgotten above this number. */
const HOLDERS_MAX = 10_000;

/**
 * Counts the call against rates of its own, or once more against limits of the caller's plan, where the gateway counts all
 * calls (limits/limit-store.ts). Too many is a LimitExceeded, 429 when nothing catches it.
 */
export function ratelimit({ rates, planLimits, place }: RatelimitPolicy): Run {
  const limits = rates.map(
    ({ limit, windowSeconds }): PlanLimit => ({ kind: "rate", limit, window: windowSeconds, hard: true, scope: place }),
  );
  const own = new OwnRates(limits);
  return async (context) => {
    if (limits.length > 0) await take(context, own.of(holderOf(context), context.call.startedAtMs));
    const { subscription } = context.call;
    if (planLimits.length === 0) return;
    if (!subscription) throw new PolicyError(["RuntimeError"], "a call without a subscription has no plan");
    await take(context, planLimits.includes("*") ? subscription.limits : named(subscription.limits, planLimits));
  };
}

async function take({ call }: Context, limits: SubscriptionLimits): Promise<void> {
  const taking: Taken | Promise<Taken> = call.gateway.limits.take(limits, call.startedAtMs);
  const { bound } = taking instanceof Promise ? await taking : taking;
  if (!bound) return;
  const retryAfter = String(bound.counter.resetSeconds(call.startedAtMs));
  const detail = `Rate limit exceeded: ${bound.text}`;
  throw new PolicyError(["LimitExceeded", "RateLimitExceeded", "LimitExceededError"], detail, {
    toClient: refuseWith("RATE_LIMIT_EXCEEDED", detail, ["Retry-After", retryAfter]),
  });
}

/** Calls are counted for their subscription; those that need none, together. */
const holderOf = ({ call, api }: Context): string => call.subscription?.id ?? api.id;

class OwnRates {
  readonly #limits: readonly PlanLimit[];
  readonly #held = new Map<string, SubscriptionLimits>();
  readonly #counters = new Counters();

  constructor(limits: readonly PlanLimit[]) {
    this.#limits = limits;
  }

  of(holder: string, nowMs: number): SubscriptionLimits {
    const known = this.#held.get(holder);
    if (known) return known;
    if (this.#held.size >= HOLDERS_MAX) this.#forget(nowMs);
    const made = this.#counters.bind(holder, this.#limits);
    this.#held.set(holder, made);
    return made;
  }

  #forget(nowMs: number): void {
    for (const [holder, { counters }] of this.#held) {
      if (counters.some(({ endMs }) => endMs > nowMs)) continue;
      this.#held.delete(holder);
      this.#counters.drop(holder);
    }
  }
}

function named(all: SubscriptionLimits, names: readonly string[]): SubscriptionLimits {
  const missing = names.find((name) => !all.limits.some((limit) => limit.name === name));
  if (missing !== undefined) throw new PolicyError(["RuntimeError"], `the plan has no limit ${missing.slice(0, 60)}`);
  const limits = all.limits.filter(({ name }) => names.includes(name));
  const of = (quota: boolean) => bound(limits.filter(({ counter }) => (counter.kind === "quota") === quota));
  return { ...bound(limits), quotas: of(true), others: of(false) };
}

const bound = (limits: readonly BoundLimit[]): BoundLimits => ({
  limits,
  counters: [...new Set(limits.map(({ counter }) => counter))],
  hasSoft: limits.some(({ hard }) => !hard),
  policy: limits.some(({ counter }) => counter.window === "month") ? null : policyOf(limits),
});
