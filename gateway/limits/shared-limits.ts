import { type Mixture, mixtureOf, POSTGRES_STORE } from "#lib/gateway-feed/limit-store.rules.ts";
import { type Counting, joinCounting } from "#lib/limit-counter/join-counting.ts";
import { type Lease, type LeaseDemand, sweepLimitCounters, takeLeases } from "#lib/limit-counter/take-leases.ts";
import { log } from "#lib/log.ts";
import type { BoundLimits, Counter } from "./counter.ts";
import { type LimitMode, type LimitStats, type LimitStore, passed, refused, type Taken } from "./limit-store.ts";

/** How often the list of gateways is read: a second one waits for this before it may count. */
const TICK_MS = 500;
/**
 * From the claim to the first call counted alone. Meanwhile statements of others that began before it end
 * (ANSWER_MS), and gateways that lost Postgres with this one come back, to which it hands over.
 */
const GRACE_MS = 3_000;
/** How long a start waits for a gateway that counts alone to hand over. A dead one never does: until it is known to be, shares hold. */
const HANDOVER_MS = 3_000;
/** Two heartbeats of another gateway, and what it does when it has heard. */
const HEARD_MS = 2_500;
/** A row that is used up is not asked again for this long. Leases that come back meanwhile wait as long. */
const EMPTY_MS = 100;
/** Most calls leased ahead: what a crash can lose of one window. */
const AHEAD_MAX = 500;
/** Leased ahead are as many calls as come in this time. */
const AHEAD_MS = 200;
/** An answer that is older says nothing about how fast calls come; one that is younger than the second, too little. */
const RECENT_MS = { most: 1_000, least: 10 };
/** Windows of one statement. */
const BATCH_MAX = 500;
const SWEEP_MS = 60_000;

const wait = (ms: number) => new Promise<void>((go) => setTimeout(go, ms));

/**
 * Counts calls (docs/decisions/013). While this is the only gateway, rate and burst limits are counted in memory.
 * Quotas always, and everything while there are several gateways, are leased from Postgres: a counter may let as many
 * calls pass as it holds leases, more are leased in the background before they run out, and a call that finds none
 * waits for one statement. While Postgres is away, each gateway lets its share of a limit pass.
 */
export class SharedLimits implements LimitStore {
  readonly stats: LimitStats = { overSoft: 0, byShare: 0, redisLost: 0, postgresLost: 0 };
  readonly #node: { id: string; address: string };
  readonly #mayBeAlone: boolean;
  /** Milliseconds since 1970. */
  readonly clockMs: () => number;
  #live = 1;
  #others: readonly string[] = [];
  /** Windows that begin from then on are counted in memory, and those that are asked for from then on. */
  #aloneFromMs = Number.POSITIVE_INFINITY;
  /** Postgres cannot be asked, or another gateway counts alone. */
  #away = false;
  /** Counters of a present window that hold leases, owe calls, or count in memory. */
  readonly #active = new Set<Counter>();
  /** What the next statement asks for. */
  readonly #asked = new Set<Counter>();
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #sweptAt = performance.now();

  /** `mayBeAlone`: false where Redis counts, and this only holds the quotas and stands in. */
  constructor(node: { id: string; address: string }, options: { mayBeAlone: boolean; clockMs?: () => number }) {
    this.#node = node;
    this.#mayBeAlone = options.mayBeAlone;
    this.clockMs = options.clockMs ?? Date.now;
  }

  get gateways(): number {
    return this.#live;
  }

  readonly store = POSTGRES_STORE;

  get mixture(): Mixture | null {
    return mixtureOf([this.store, ...this.#others]);
  }

  noteOthers(stores: readonly string[]): void {
    this.#others = stores;
  }

  get mode(): LimitMode {
    if (this.#aloneFromMs < Number.POSITIVE_INFINITY) return "memory";
    return this.#away ? "share" : "leases";
  }

  take(limits: BoundLimits, nowMs: number): Taken | Promise<Taken> {
    const { counters } = limits;
    for (const counter of counters) {
      if (counter.isOver(nowMs, this.clockMs)) this.#turn(counter, nowMs);
      if (counter.room < 1) return this.#takeSlowly(limits, nowMs);
    }
    for (const counter of counters) this.#count(counter);
    return passed(limits, nowMs);
  }

  giveBack(limits: BoundLimits, takenAtMs: number): void {
    for (const counter of limits.counters) {
      // In a later window there is nothing to give back.
      if (takenAtMs < counter.startMs || takenAtMs >= counter.endMs || counter.taken < 1) continue;
      counter.used -= 1;
      counter.taken -= 1;
      counter.room = counter.local ? Math.max(0, counter.cap - counter.used) : counter.room + 1;
    }
  }

  async start(): Promise<void> {
    // What gateways with a Redis have counted there is in Postgres when they have heard of this one.
    if (this.mixture) await wait(HEARD_MS);
    const startedAt = performance.now();
    for (;;) {
      await this.#tick();
      if (!this.#away || performance.now() - startedAt > HANDOVER_MS) break;
      await wait(TICK_MS / 5);
    }
    this.#timer = setInterval(() => {
      this.#ticking ??= this.#tick().finally(() => {
        this.#ticking = undefined;
      });
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking;
    this.#leaseLocal();
    this.returnLeases([...this.#active]);
    await this.flush();
  }

  /** Leases a counter from now on, and reports what it let pass without Postgres. */
  adopt(counter: Counter): void {
    counter.local = false;
    counter.room = 0;
    this.#active.add(counter);
    this.#asked.add(counter);
  }

  /** Leases a counter no longer: from now on it is counted elsewhere. */
  dismiss(counters: Iterable<Counter>): void {
    for (const counter of counters) {
      this.returnLeases([counter]);
      this.#active.delete(counter);
    }
    void this.flush();
  }

  /** Gives leases back, for others to use. */
  returnLeases(counters: readonly Counter[]): void {
    for (const counter of counters) {
      if (counter.local || (counter.room === 0 && counter.debt === 0)) continue;
      counter.debt -= counter.room;
      counter.room = 0;
      counter.refillAt = -1;
      counter.wantsAhead = false;
      this.#asked.add(counter);
    }
  }

  /** Sends what is asked for. Resolves with the answer, or when there will be none. */
  flush(): Promise<void> {
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      this.#running = this.#send();
      return this.#running;
    });
    return this.#queued;
  }

  #turn(counter: Counter, nowMs: number): void {
    counter.turn(nowMs);
    counter.local = false;
    if (counter.kind === "quota" || counter.startMs < this.#aloneFromMs) return;
    counter.countLocally();
    this.#active.add(counter);
  }

  #count(counter: Counter): void {
    counter.used += 1;
    counter.taken += 1;
    if (counter.room < 1) {
      // By the share: Postgres hears of it later.
      counter.debt += 1;
      this.#active.add(counter);
      return;
    }
    counter.room -= 1;
    if (counter.room > counter.refillAt) return;
    counter.refillAt = -1;
    counter.wantsAhead = true;
    this.#asked.add(counter);
    void this.flush();
  }

  /** For a call that finds a counter without room. */
  #takeSlowly(limits: BoundLimits, nowMs: number): Taken | Promise<Taken> {
    const full: Counter[] = [];
    const lacking: Counter[] = [];
    let byShare = false;
    for (const counter of limits.counters) {
      if (counter.isOver(nowMs, this.clockMs)) this.#turn(counter, nowMs);
      if (counter.room >= 1) continue;
      if (counter.local) full.push(counter);
      else if (this.#away) {
        // Rounded up: a limit below the number of gateways must not become an outage.
        if (counter.taken >= Math.ceil(counter.cap / this.#live)) full.push(counter);
        else byShare = true;
      } else if (performance.now() < counter.emptyUntil) full.push(counter);
      else lacking.push(counter);
    }
    if (full.length > 0) return refused(limits, full, nowMs);
    if (lacking.length === 0) {
      if (byShare) this.stats.byShare += 1;
      for (const counter of limits.counters) this.#count(counter);
      return passed(limits, nowMs);
    }
    for (const counter of lacking) {
      counter.waiting += 1;
      counter.wantsAhead = true;
      this.#active.add(counter);
      this.#asked.add(counter);
    }
    // Asked again when another call was faster; the row says at some point that it is used up.
    return this.flush().then(() => this.take(limits, nowMs));
  }

  async #send(): Promise<void> {
    while (this.#asked.size > 0) {
      const counters: Counter[] = [];
      const demands: LeaseDemand[] = [];
      for (const counter of this.#asked) {
        if (demands.length === BATCH_MAX) break;
        this.#asked.delete(counter);
        const demand = toDemand(counter);
        counter.waiting = 0;
        counter.wantsAhead = false;
        if (counter.local) continue;
        counter.debt = 0;
        counters.push(counter);
        demands.push(demand);
      }
      if (demands.length === 0) return;
      const leases = await takeLeases(this.#node.id, this.#live, demands).catch((error: unknown) => {
        this.#lose(error);
        return undefined;
      });
      // It waits for the gateway that counts alone to hand over.
      if (leases === null) this.#away = true;
      for (const [at, demand] of demands.entries()) {
        const counter = counters[at] as Counter;
        if (counter.startMs !== demand.startMs) continue;
        const lease = leases?.[at];
        if (lease) {
          enterLease(counter, demand, lease);
          this.#keep(counter);
        }
        // What was given back may have arrived all the same: giving it back twice would grant it twice.
        else counter.debt += leases === null ? demand.debt : Math.max(0, demand.debt);
      }
      // What could not be sent is asked for again when the next tick finds Postgres.
      if (!leases) return this.#forgetAsked();
    }
  }

  /** Nobody else leases: what is left of a window that began before this gateway was alone is counted in memory too. */
  #keep(counter: Counter): void {
    if (counter.kind === "quota" || this.clockMs() < this.#aloneFromMs) return;
    counter.local = true;
    counter.localFrom = counter.taken + counter.room - counter.debt;
    counter.debt = 0;
    counter.room = Math.max(0, counter.cap - counter.used);
    counter.refillAt = -1;
  }

  #forgetAsked(): void {
    for (const counter of this.#asked) {
      counter.waiting = 0;
      counter.wantsAhead = false;
    }
    this.#asked.clear();
  }

  /** Renews the entry in the list of gateways, and settles who counts how. Never throws. */
  async #tick(): Promise<void> {
    let counting: Counting;
    try {
      counting = await joinCounting(this.#node, this.#mayBeAlone);
    } catch (error) {
      return this.#lose(error);
    }
    if (this.#away && !counting.otherAlone) log.info({ others: counting.others }, "limits are shared again");
    this.#away = counting.otherAlone;
    this.#live = counting.others + 1;

    if (counting.alone && counting.others === 0) {
      // Not later, though the clock steps back.
      this.#aloneFromMs = Math.min(this.#aloneFromMs, this.clockMs() + GRACE_MS);
    } else if (this.#leaseLocal() || counting.alone) await this.#handOver(counting);
    this.#sweep(this.clockMs());
    await this.flush();
  }

  /** Writes down what was counted in memory, then lets the others count. */
  async #handOver(counting: Counting): Promise<void> {
    // All that is owed: an earlier try may have got half of it through.
    for (const counter of this.#active) if (counter.debt !== 0) this.#asked.add(counter);
    await this.flush();
    if (this.#away || !counting.alone) return;
    await joinCounting(this.#node, false).catch((error: unknown) => this.#lose(error));
  }

  /** Ends counting in memory. Says whether it was on. */
  #leaseLocal(): boolean {
    if (this.#aloneFromMs === Number.POSITIVE_INFINITY) return false;
    this.#aloneFromMs = Number.POSITIVE_INFINITY;
    for (const counter of this.#active) {
      if (!counter.local) continue;
      counter.debt += counter.taken - counter.localFrom;
      this.adopt(counter);
    }
    return true;
  }

  /** Leases that were not used since the last tick go back; what is owed is reported; ended windows are forgotten. */
  #sweep(nowMs: number): void {
    for (const counter of this.#active) {
      if (nowMs >= counter.endMs) {
        this.#active.delete(counter);
        continue;
      }
      if (counter.local) continue;
      const isIdle = counter.taken === counter.sweptTaken;
      counter.sweptTaken = counter.taken;
      if (isIdle && this.#live > 1) this.returnLeases([counter]);
      if (counter.debt !== 0) this.#asked.add(counter);
      else if (isIdle && counter.room === 0) this.#active.delete(counter);
    }
    if (performance.now() - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = performance.now();
    sweepLimitCounters().catch((error: unknown) => this.#lose(error));
  }

  #lose(error: unknown): void {
    if (this.#away) return;
    this.#away = true;
    this.stats.postgresLost += 1;
    const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
    log.warn({ reason, gateways: this.#live }, "limits cannot be shared, each gateway counts its share");
  }
}

function toDemand(counter: Counter): LeaseDemand {
  return {
    key: counter.key,
    startMs: counter.startMs,
    endMs: counter.endMs,
    cap: counter.cap,
    debt: counter.debt,
    waiting: counter.waiting,
    ahead: counter.wantsAhead ? Math.max(0, callsToCome(counter) - counter.room) : 0,
  };
}

/** A rare caller leases nothing ahead. */
function callsToCome(counter: Counter): number {
  const sinceMs = performance.now() - counter.answeredAt;
  const perMs = (counter.taken - counter.answeredTaken) / Math.max(RECENT_MS.least, sinceMs);
  return sinceMs < RECENT_MS.most ? Math.min(AHEAD_MAX, Math.ceil(perMs * AHEAD_MS)) : 0;
}

/** Enters an answer into the counter. */
function enterLease(counter: Counter, demand: LeaseDemand, { granted, total }: Lease): void {
  counter.room += granted;
  counter.used = total - counter.room + counter.debt;
  const isEmpty = total >= counter.cap;
  counter.emptyUntil = isEmpty ? performance.now() + EMPTY_MS : 0;
  const spare = counter.room - demand.waiting;
  counter.refillAt = !isEmpty && spare > 1 ? spare >> 1 : -1;
  counter.answeredTaken = counter.taken;
  counter.answeredAt = performance.now();
}
