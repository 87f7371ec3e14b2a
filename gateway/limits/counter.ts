import { formatWindow, plural } from "#lib/format.ts";
import type { LimitKind, PlanLimit } from "./plan-limits.ts";
import { type WindowLength, windowEndMs, windowStartMs } from "./windows.ts";

/** Cap of a counter that has soft limits alone: it counts, and never binds. Postgres and Lua hold it exactly. */
export const UNCAPPED = 1e15;

/** What was counted in memory of a window. */
interface Count {
  startMs: number;
  used: number;
  taken: number;
  localFrom: number;
}
const NOT_COUNTED: Count = { startMs: -1, used: 0, taken: 0, localFrom: 0 };

/** What a subscription has used of one window. The store that counts (limit-store.ts) keeps `room` and what follows. */
export class Counter {
  /** Unique over the installation: subscription, scope, kind, window. */
  readonly key: string;
  readonly kind: LimitKind;
  readonly window: WindowLength;
  /** Smallest hard limit of this window, or UNCAPPED. */
  cap: number;
  startMs = 0;
  endMs = 0;
  /** Calls of the present window over all gateways, as far as this process knows. */
  used = 0;
  /** Calls that this process may let pass before it has to ask. */
  room = 0;
  /** Calls that this process let pass in the present window. */
  taken = 0;

  /** Counted in this process alone; false: leased from Postgres. */
  local = true;
  /** `taken` up to here is known to Postgres: at the beginning of the window, or when a lease became a count in memory. */
  localFrom = 0;
  /** When `room` falls to it, more is leased in the background; -1: never. */
  refillAt = -1;
  /** Calls that passed without Postgres knowing; below zero: leased calls on their way back. */
  debt = 0;
  /** Calls that wait for the next answer. */
  waiting = 0;
  /** The next statement leases for calls to come. */
  wantsAhead = false;
  /** `taken` and when (performance.now) at the last answer, to see how fast calls come. */
  answeredTaken = 0;
  answeredAt = Number.NEGATIVE_INFINITY;
  /** Until then (performance.now) the row is taken to be used up, as it answered. */
  emptyUntil = 0;
  /** `taken` when idle leases were last looked for. */
  sweptTaken = -1;

  /** Calls that passed without Redis knowing. */
  redisDebt = 0;
  /** Start of the last window in which a soft limit was logged. */
  overSoftAtMs = -1;
  /** Of the window before, where it was counted in memory: nobody else could say what was used when the clock steps back. */
  #before: Count = NOT_COUNTED;
  #last: Count = NOT_COUNTED;

  constructor(key: string, { kind, window }: PlanLimit) {
    this.key = key;
    this.kind = kind;
    this.window = window;
    this.cap = UNCAPPED;
  }

  /**
   * Whether the present window is not the one to count a call in that began at `nowMs`. A call that is counted late stays
   * in the later window; a window that begins ahead of the clock (`clockMs`) was begun by a clock that was wrong.
   */
  isOver(nowMs: number, clockMs: () => number): boolean {
    return nowMs >= this.endMs || (nowMs < this.startMs && clockMs() < this.startMs);
  }

  /** Begins the window that holds `nowMs`, with nothing used. */
  turn(nowMs: number): void {
    const { startMs, used, taken, localFrom } = this;
    this.#last = this.#before;
    this.#before = this.local ? { startMs, used, taken, localFrom } : NOT_COUNTED;
    this.startMs = windowStartMs(this.window, nowMs);
    this.endMs = windowEndMs(this.window, this.startMs);
    this.used = 0;
    this.room = 0;
    this.taken = 0;
    this.localFrom = 0;
    this.refillAt = -1;
    this.debt = 0;
    this.answeredTaken = 0;
    this.answeredAt = Number.NEGATIVE_INFINITY;
    this.emptyUntil = 0;
    this.sweptTaken = -1;
    this.redisDebt = 0;
  }

  /** Counts the window that was just begun in memory, and goes on where it was left when the clock stepped out of it. */
  countLocally(): void {
    this.local = true;
    if (this.#last.startMs === this.startMs) {
      this.used = this.#last.used;
      this.taken = this.#last.taken;
      this.localFrom = this.#last.localFrom;
    }
    this.room = Math.max(0, this.cap - this.used);
  }

  /** The plan may have been published anew with another limit: what is used stays used. */
  setCap(cap: number): void {
    if (cap === this.cap) return;
    this.cap = cap;
    this.emptyUntil = 0;
    const left = Math.max(0, cap - this.used);
    this.room = this.local ? left : Math.min(this.room, left);
  }

  /** Whole seconds until the window ends, at least 1. */
  resetSeconds(nowMs: number): number {
    return Math.max(1, Math.ceil((this.endMs - nowMs) / 1000));
  }
}

/** One limit of a plan, bound to what a subscription has used. */
export interface BoundLimit {
  /** Calls in a window. */
  limit: number;
  hard: boolean;
  counter: Counter;
  /** "100-per-hour", the name in RateLimit-Policy. */
  name: string;
  /** "100 calls per hour", for people. */
  text: string;
}

/** All limits that a call is counted against. */
export interface BoundLimits {
  limits: readonly BoundLimit[];
  /** The counters of these limits, each once. */
  counters: readonly Counter[];
  hasSoft: boolean;
  /** Value of RateLimit-Policy; null when a month is in it, whose length changes. */
  policy: string | null;
}

/** The limits of a plan, or of an operation in it, for one subscription. */
export interface SubscriptionLimits extends BoundLimits {
  /** Those of them that outlive every process and Redis: they are leased from Postgres wherever the others are counted. */
  quotas: BoundLimits;
  others: BoundLimits;
}

const NOTHING: BoundLimits = { limits: [], counters: [], hasSoft: false, policy: "" };
export const NO_LIMITS: SubscriptionLimits = { ...NOTHING, quotas: NOTHING, others: NOTHING };

/**
 * The counters of this process. They outlive snapshot changes: a plan that is republished, or a subscription that is
 * reloaded, goes on with what is already used.
 */
export class Counters {
  readonly #bySubscription = new Map<string, Counter[]>();

  /** Binds limits to the counters of a subscription; the same scope, kind and window is the same counter. */
  bind(subscriptionId: string, limits: readonly PlanLimit[]): SubscriptionLimits {
    if (limits.length === 0) return NO_LIMITS;
    const own = this.#bySubscription.get(subscriptionId) ?? [];
    this.#bySubscription.set(subscriptionId, own);
    const caps = new Map<Counter, number>();
    for (const limit of limits) {
      const counter = counterOf(own, subscriptionId, limit);
      caps.set(counter, Math.min(caps.get(counter) ?? UNCAPPED, limit.hard ? limit.limit : UNCAPPED));
    }
    for (const [counter, cap] of caps) counter.setCap(cap);
    const bound = limits
      .filter((limit, at) => !isCovered(limit, at, limits))
      .map((limit) => boundLimit(limit, counterOf(own, subscriptionId, limit)));
    const all = boundLimits(bound);
    const quotas = bound.filter(({ counter }) => counter.kind === "quota");
    // Most plans have none, or nothing else: one list then serves for both.
    if (quotas.length === 0) return { ...all, quotas: NOTHING, others: all };
    if (quotas.length === bound.length) return { ...all, quotas: all, others: NOTHING };
    const others = bound.filter(({ counter }) => counter.kind !== "quota");
    return { ...all, quotas: boundLimits(quotas), others: boundLimits(others) };
  }

  /** Forgets a subscription that ended. */
  drop(subscriptionId: string): void {
    this.#bySubscription.delete(subscriptionId);
  }
}

function boundLimits(limits: readonly BoundLimit[]): BoundLimits {
  return {
    limits,
    counters: [...new Set(limits.map(({ counter }) => counter))],
    hasSoft: limits.some(({ hard }) => !hard),
    policy: limits.some(({ counter }) => counter.window === "month") ? null : policyOf(limits),
  };
}

function counterOf(own: Counter[], subscriptionId: string, limit: PlanLimit): Counter {
  const key = `${subscriptionId}/${limit.scope}/${limit.kind}/${limit.window}`;
  const known = own.find((counter) => counter.key === key);
  if (known) return known;
  const counter = new Counter(key, limit);
  own.push(counter);
  return counter;
}

/** Whether another limit of the same counter says as much: of two hard, or two soft, the smaller; a soft one only below the hard one. */
function isCovered(limit: PlanLimit, at: number, limits: readonly PlanLimit[]): boolean {
  return limits.some((other, i) => {
    if (i === at || other.scope !== limit.scope || other.kind !== limit.kind || other.window !== limit.window)
      return false;
    if (limit.hard && !other.hard) return false;
    if (other.limit !== limit.limit) return other.limit < limit.limit && (other.hard || !limit.hard);
    return other.hard === limit.hard ? i < at : other.hard;
  });
}

/** Name and text of a plan's limits, which all its subscriptions share. */
const wordsOf = new WeakMap<PlanLimit, Pick<BoundLimit, "name" | "text">>();

function boundLimit(planLimit: PlanLimit, counter: Counter): BoundLimit {
  const words = wordsOf.get(planLimit) ?? makeWords(planLimit);
  wordsOf.set(planLimit, words);
  return { limit: planLimit.limit, hard: planLimit.hard, counter, name: words.name, text: words.text };
}

function makeWords({ kind, limit, window, hard }: PlanLimit): Pick<BoundLimit, "name" | "text"> {
  const per = window === "month" ? "per month" : formatWindow(window);
  const prefix = `${hard ? "" : "soft-"}${kind === "rate" ? "" : `${kind}-`}`;
  const name = `${prefix}${limit}-${per.replaceAll(" ", "-")}`;
  return { name, text: `${plural(limit, "call")} ${per}` };
}

/** RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10): named policies with quota `q` and window `w` in seconds. */
export function policyOf(limits: readonly BoundLimit[]): string {
  return limits
    .map(({ name, limit, counter: { window, startMs, endMs } }) => {
      const seconds = window === "month" ? (endMs - startMs) / 1000 : window;
      return `"${name}";q=${limit};w=${seconds}`;
    })
    .join(", ");
}
