import type { Mixture } from "#lib/gateway-feed/limit-store.rules.ts";
import type { BoundLimit, BoundLimits, Counter, SubscriptionLimits } from "./counter.ts";
import { limitHeaders } from "./limit-headers.ts";

/** What became of a call that was to be counted. */
export interface Taken {
  /** The hard limit that bound, of several the one that opens last; undefined: the call is counted and goes on. */
  bound: BoundLimit | undefined;
  /** RateLimit-Policy, RateLimit and X-RateLimit-*, as it stood when the call was counted. */
  headers: readonly string[];
  /** A counted call was over a soft limit. */
  overSoft: boolean;
}

/** What the operator's metrics read. */
export interface LimitStats {
  /** Calls that passed over a soft limit. */
  overSoft: number;
  /** Calls that were counted against this process's share, while what is shared could not be asked. */
  byShare: number;
  /** Times that Redis was lost. */
  redisLost: number;
  /** Times that Postgres was lost. */
  postgresLost: number;
}

/** Where this process counts at the moment; "share": nothing that is shared can be asked. */
export const limitModes = ["memory", "leases", "redis", "share"] as const;
export type LimitMode = (typeof limitModes)[number];

/**
 * Where calls are counted. Chosen once, when the process starts: shared-limits.ts counts in memory while the process is
 * alone and leases from Postgres when it is not, redis-limits.ts counts in Redis.
 */
export interface LimitStore {
  readonly stats: LimitStats;
  readonly mode: LimitMode;
  /** What the heartbeat says of it (lib/gateway-feed/limit-store.rules.ts). */
  readonly store: string;
  /** Why limits cannot be counted where they should be: gateways have different stores; null: they have not. */
  readonly mixture: Mixture | null;
  /** What the heartbeats of the other gateways say. They must all count in one place, or each limit would hold in each. */
  noteOthers(stores: readonly string[]): void;
  /** Gateways that are alive, this one with them: what a share is a part of. */
  readonly gateways: number;
  /**
   * Counts one call against all limits or against none. Answers at once where nothing has to be asked. Never throws,
   * never rejects: when what is shared is away, it counts against this process's share.
   */
  take(limits: SubscriptionLimits, nowMs: number): Taken | Promise<Taken>;
  /** Takes back what `take` counted, for a call that was rejected afterwards. */
  giveBack(limits: SubscriptionLimits, takenAtMs: number): void;
  /** Enters the list of gateways that count. Resolves when counting may begin. */
  start(): Promise<void>;
  /** Hands back what is leased; for the end of the process. */
  stop(): Promise<void>;
}

export const passed = (limits: BoundLimits, nowMs: number): Taken => ({
  bound: undefined,
  headers: limitHeaders(limits, nowMs),
  overSoft: limits.hasSoft && limits.limits.some(({ hard, limit, counter }) => !hard && counter.used > limit),
});

/** `full` are the counters that had no room, at least one. */
export function refused(limits: BoundLimits, full: readonly Counter[], nowMs: number): Taken {
  let bound: BoundLimit | undefined;
  for (const limit of limits.limits) {
    const { endMs } = limit.counter;
    if (!full.includes(limit.counter)) continue;
    // A soft limit never has a full counter, but for the moment in which its plan is published anew without the hard one.
    if (!bound || endMs > bound.counter.endMs || (endMs === bound.counter.endMs && limit.hard)) bound = limit;
  }
  if (!bound) throw new Error("a counter is full that no limit of the call has");
  return { bound, headers: limitHeaders(limits, nowMs), overSoft: false };
}
