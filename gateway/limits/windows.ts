/** What one limit has counted in its present window. */
export interface Counter {
  /** floor(seconds since 1970 / windowSeconds): windows follow the calendar, not the first call. */
  window: number;
  used: number;
}

/** One limit of a plan, bound to the counter of one subscription. */
export interface BoundLimit {
  /** Calls in a window. */
  limit: number;
  windowSeconds: number;
  counter: Counter;
  /** "100-per-hour", the name in RateLimit-Policy. */
  name: string;
  /** "100 calls per hour", for people. */
  text: string;
}

/** State of one limit after a decision. */
export interface LimitState {
  limit: BoundLimit;
  remaining: number;
  /** Until the window ends, rounded up, at least 1. */
  resetSeconds: number;
}

/** Puts the counter into the window of `nowMs`. A clock that steps back stays in the later window: it gives nobody a second allowance. */
function turn(limit: BoundLimit, nowMs: number): void {
  const window = Math.floor(nowMs / 1000 / limit.windowSeconds);
  if (window <= limit.counter.window) return;
  limit.counter.window = window;
  limit.counter.used = 0;
}

/**
 * Counts one call against all limits or against none: a rejected call never uses up a limit. Returns the limit that
 * bound (of several the one that opens last), or undefined when the call may go on. Synchronous, hence exact in a process.
 */
export function takeCall(limits: readonly BoundLimit[], nowMs: number): BoundLimit | undefined {
  let bound: BoundLimit | undefined;
  for (const limit of limits) {
    turn(limit, nowMs);
    if (limit.counter.used < limit.limit) continue;
    if (!bound || resetSeconds(limit, nowMs) > resetSeconds(bound, nowMs)) bound = limit;
  }
  if (bound) return bound;
  for (const limit of limits) limit.counter.used += 1;
  return undefined;
}

/** Takes back what `takeCall` counted, for a call that was rejected afterwards; in a later window there is nothing to take back. */
export function giveBackCall(limits: readonly BoundLimit[], takenAtMs: number): void {
  for (const { counter, windowSeconds } of limits) {
    if (counter.window === Math.floor(takenAtMs / 1000 / windowSeconds) && counter.used > 0) counter.used -= 1;
  }
}

export const remaining = (limit: BoundLimit): number => Math.max(0, limit.limit - limit.counter.used);

/** Whole seconds until the window of the counter ends, at least 1. */
export function resetSeconds(limit: BoundLimit, nowMs: number): number {
  return Math.max(1, Math.ceil((limit.counter.window + 1) * limit.windowSeconds - nowMs / 1000));
}
