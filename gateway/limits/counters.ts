import type { PlanLimit } from "#gateway/snapshot/model.ts";
import type { BoundLimit, Counter } from "./windows.ts";

const UNITS = new Map([
  [1, "second"],
  [60, "minute"],
  [3_600, "hour"],
  [86_400, "day"],
  [604_800, "week"],
]);

/**
 * The counters of this process by subscription and window length. They outlive snapshot changes: a plan that is
 * republished, or a subscription that is reloaded, goes on with what is already used.
 */
export class Counters {
  readonly #bySubscription = new Map<string, Map<number, Counter>>();

  /** Binds the limits of a plan to the counters of a subscription; the same window length is the same counter. */
  bind(subscriptionId: string, limits: readonly PlanLimit[]): BoundLimit[] {
    if (limits.length === 0) return [];
    const counters = this.#bySubscription.get(subscriptionId) ?? new Map<number, Counter>();
    this.#bySubscription.set(subscriptionId, counters);
    return tightest(limits).map(({ limit, windowSeconds }) => {
      const counter = counters.get(windowSeconds) ?? { window: -1, used: 0 };
      counters.set(windowSeconds, counter);
      const unit = UNITS.get(windowSeconds);
      return {
        limit,
        windowSeconds,
        counter,
        name: `${limit}-per-${unit ?? `${windowSeconds}-seconds`}`,
        text: `${limit} ${limit === 1 ? "call" : "calls"} per ${unit ?? `${windowSeconds} seconds`}`,
      };
    });
  }

  /** Forgets a subscription that ended. */
  drop(subscriptionId: string): void {
    this.#bySubscription.delete(subscriptionId);
  }
}

/** Of two limits with the same window only the smaller can bind; keeping both would count a call twice. */
function tightest(limits: readonly PlanLimit[]): PlanLimit[] {
  const byWindow = new Map<number, PlanLimit>();
  for (const limit of limits) {
    const known = byWindow.get(limit.windowSeconds);
    if (!known || limit.limit < known.limit) byWindow.set(limit.windowSeconds, limit);
  }
  return [...byWindow.values()];
}
