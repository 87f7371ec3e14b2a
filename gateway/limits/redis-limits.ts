import { Redis } from "ioredis";
import { type Mixture, mixtureOf, REDIS_AWAY, redisStore } from "#lib/gateway-feed/limit-store.rules.ts";
import { log } from "#lib/log.ts";
import type { Counter, SubscriptionLimits } from "./counter.ts";
import { limitHeaders } from "./limit-headers.ts";
import { type LimitMode, type LimitStats, type LimitStore, passed, refused, type Taken } from "./limit-store.ts";
import type { SharedLimits } from "./shared-limits.ts";

/**
 * A Redis that answers nothing in this many looks, while something waits for an answer, is taken for lost: 300 ms at most,
 * for the first look sees a command that has waited for less than the time between two. Looks
 * instead of a timer for each command, because a process that is busy for a moment reads its answers late.
 */
const LOOKS_MAX = 5;
const LOOK_MS = 50;
/** How long a start waits for Redis; then it counts through Postgres, and finds Redis later. */
const START_MS = 1_000;
/** Between two tries to reach a lost Redis. */
const PROBE_MS = 500;
/**
 * A Redis that is back knows what has passed only when every gateway has told it. Until then counting goes on through
 * Postgres, which does know; then all gateways change over at one moment, which the first of them sets in Redis. From
 * there calls wait until all have told the rest, so that none is counted in two places: exact where clocks agree so well.
 */
const CHANGE_OVER_MS = 1_000;
const HELD_MS = 100;
const CHANGE_OVER_KEY = "portico:limit:change-over";
/** A connection that is no use after this many tries is made anew. */
const PROBES_MAX = 4;
/** Keys outlive their window by this, for gateways whose clock is behind. */
const KEPT_MS = 60_000;
const PRUNE_MS = 60_000;

/**
 * Takes one call of every counter or of none. KEYS: counters. ARGV for each: cap, calls that passed without Redis
 * knowing, milliseconds to keep the key. Answers 1 when a counter is full (0: taken), then what each has used.
 */
const TAKE = `
local used, full = {}, 0
for i, key in ipairs(KEYS) do
  used[i] = tonumber(redis.call('GET', key) or '0') + tonumber(ARGV[3 * i - 1])
  if used[i] >= tonumber(ARGV[3 * i - 2]) then full = 1 end
end
for i, key in ipairs(KEYS) do
  local more = tonumber(ARGV[3 * i - 1]) + 1 - full
  if more > 0 then
    used[i] = redis.call('INCRBY', key, more)
    if used[i] == more then redis.call('PEXPIRE', key, ARGV[3 * i]) end
  end
end
return { full, unpack(used) }`;

/** Gives one call of every counter back, unless its window is gone. */
const GIVE_BACK = `
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end`;

interface LimitRedis extends Redis {
  takeLimits(keyCount: number, ...args: (string | number)[]): Promise<number[]>;
  giveBackLimits(keyCount: number, ...keys: string[]): Promise<null>;
}

/**
 * Counts calls in Redis: one script a call, exact over any number of gateways. Quotas are leased from Postgres here
 * too, for they must outlive a Redis that comes back empty. When Redis is lost, SharedLimits counts at once, and hears
 * what this process let pass in the present windows; when Redis is back, it hears what passed meanwhile.
 */
export class RedisLimits implements LimitStore {
  readonly stats: LimitStats;
  readonly #shared: SharedLimits;
  readonly #redis: LimitRedis;
  #up = false;
  /** Redis answered last, whether it counts or not. */
  #reachable = false;
  /** Run ID of the Redis that answered last. */
  #seenId = "";
  /** Stores of the other gateways. */
  #others: readonly string[] = [];
  /** Of the Redis that counted last. */
  #runId = "";
  /** Counters of present windows that Redis counts, or would. */
  readonly #active = new Set<Counter>();
  /** Commands that wait for an answer, answers so far, and how often nothing had come. */
  #waiting = 0;
  #answers = 0;
  #seen = { answers: 0, looks: 0, probes: 0 };
  #recovering = false;
  /** Calls wait for it while all change over. */
  #held: Promise<void> | undefined;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(url: string, shared: SharedLimits) {
    this.#shared = shared;
    this.stats = shared.stats;
    const redis = new Redis(url, {
      connectTimeout: 1_000,
      // What waits for a Redis that was given up ends with its connection: ioredis would leave that open for two seconds,
      // for a server that hangs to close it.
      disconnectTimeout: 1,
      // A call must not wait for a connection to come back.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (times) => Math.min(times * 50, 1_000),
      lazyConnect: true,
    });
    redis.defineCommand("takeLimits", { lua: TAKE });
    redis.defineCommand("giveBackLimits", { lua: GIVE_BACK });
    redis.on("error", (error) => this.#lose(error));
    redis.on("close", () => this.#lose(new Error("the connection was closed")));
    this.#redis = redis as LimitRedis;
  }

  get gateways(): number {
    return this.#shared.gateways;
  }

  get store(): string {
    return this.#reachable ? redisStore(this.#seenId.slice(0, 8)) : REDIS_AWAY;
  }

  get mixture(): Mixture | null {
    return mixtureOf([this.store, ...this.#others]);
  }

  noteOthers(stores: readonly string[]): void {
    this.#others = stores;
    if (this.#up && !this.#agree()) this.#standDown();
  }

  get mode(): LimitMode {
    return this.#up ? "redis" : this.#shared.mode;
  }

  take(limits: SubscriptionLimits, nowMs: number): Taken | Promise<Taken> {
    if (limits.others.counters.length === 0) return this.#shared.take(limits, nowMs);
    if (this.#held) return this.#held.then(() => this.take(limits, nowMs));
    if (!this.#up) return this.#standIn(limits, nowMs);
    if (limits.quotas.counters.length === 0) return this.#ask(limits, nowMs);
    const quota = this.#shared.take(limits.quotas, nowMs);
    return quota instanceof Promise
      ? quota.then((taken) => this.#askAfter(taken, limits, nowMs))
      : this.#askAfter(quota, limits, nowMs);
  }

  giveBack(limits: SubscriptionLimits, takenAtMs: number): void {
    this.#shared.giveBack(limits, takenAtMs);
    const keys = limits.others.counters.filter((counter) => isWithin(counter, takenAtMs)).map(keyOf);
    if (!this.#up || keys.length === 0) return;
    this.#answerOf(this.#redis.giveBackLimits(keys.length, ...keys)).catch((error) => this.#lose(error));
  }

  async start(): Promise<void> {
    await this.#shared.start();
    // One that accepts and says nothing would keep a gateway from ever being ready.
    await Promise.race([this.#redis.connect().catch((error) => this.#lose(error)), wait(START_MS)]);
    // Nothing has passed yet that others would have to hear of first.
    await this.#recover(false);
    if (!this.#up) log.warn("Redis does not answer, limits are shared through Postgres");
    this.#timers.push(
      setInterval(() => void this.#recover(), PROBE_MS),
      setInterval(() => this.#look(), LOOK_MS),
      setInterval(() => this.#forgetEnded(), PRUNE_MS),
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#up = false;
    this.#redis.disconnect();
    await this.#shared.stop();
  }

  #askAfter(quota: Taken, limits: SubscriptionLimits, nowMs: number): Taken | Promise<Taken> {
    if (quota.bound) return { ...quota, headers: limitHeaders(limits, nowMs) };
    return this.#ask(limits, nowMs);
  }

  #ask(limits: SubscriptionLimits, nowMs: number): Promise<Taken> {
    const { counters } = limits.others;
    const keys: string[] = [];
    const args: number[] = [];
    const starts: number[] = [];
    for (const counter of counters) {
      if (counter.isOver(nowMs, this.#shared.clockMs)) {
        counter.turn(nowMs);
        counter.local = false;
      }
      this.#active.add(counter);
      keys.push(keyOf(counter));
      args.push(counter.cap, counter.redisDebt, keepMs(counter, nowMs));
      starts.push(counter.startMs);
      counter.redisDebt = 0;
    }
    return this.#answerOf(this.#redis.takeLimits(keys.length, ...keys, ...args)).then(
      (answer) => {
        const full: Counter[] = [];
        for (const [at, counter] of counters.entries()) {
          const used = answer[at + 1] as number;
          if (answer[0] === 1 && used >= (args[3 * at] as number)) full.push(counter);
          // The answer to a call of the window before says nothing about the present one.
          if (counter.startMs !== starts[at]) continue;
          counter.used = used;
          if (answer[0] === 1) continue;
          counter.taken += 1;
          counter.debt += 1;
        }
        if (full.length === 0) return passed(limits, nowMs);
        this.#shared.giveBack(limits.quotas, nowMs);
        return refused(limits, full, nowMs);
      },
      (error) => {
        for (const [at, counter] of counters.entries()) {
          if (counter.startMs === starts[at]) counter.redisDebt += args[3 * at + 1] as number;
        }
        this.#lose(error);
        return this.#standInAfter(limits, nowMs);
      },
    );
  }

  /** Counts everything without Redis. */
  #standIn(limits: SubscriptionLimits, nowMs: number): Taken | Promise<Taken> {
    const taken = this.#shared.take(limits, nowMs);
    if (!(taken instanceof Promise)) return this.#noteForRedis(taken, limits, nowMs);
    return taken.then((later) => this.#noteForRedis(later, limits, nowMs));
  }

  /** The same for a call whose quotas are counted already. */
  async #standInAfter(limits: SubscriptionLimits, nowMs: number): Promise<Taken> {
    const taken = this.#noteForRedis(await this.#shared.take(limits.others, nowMs), limits, nowMs);
    if (taken.bound) this.#shared.giveBack(limits.quotas, nowMs);
    return { ...taken, headers: limitHeaders(limits, nowMs) };
  }

  #noteForRedis(taken: Taken, limits: SubscriptionLimits, nowMs: number): Taken {
    if (taken.bound) return taken;
    for (const counter of limits.others.counters) {
      this.#active.add(counter);
      if (isWithin(counter, nowMs)) counter.redisDebt += 1;
    }
    return taken;
  }

  /** Whether all that is known of the others allows to count in this Redis: one that does not would count beside it. */
  #agree(): boolean {
    return this.#others.every((store) => store === this.store);
  }

  #lose(error: unknown): void {
    this.#reachable = false;
    if (!this.#up) return;
    this.stats.redisLost += 1;
    const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
    log.warn({ reason }, "Redis is lost, limits are shared through Postgres");
    this.#moveToPostgres();
    // Every command that waits ends with it.
    this.#redis.disconnect(true);
  }

  /** Postgres is the one place that every gateway has. Commands that wait are answered, and count here as well. */
  #standDown(): void {
    log.warn(
      { own: this.store, others: this.#others },
      "gateways count in different places, limits are shared through Postgres",
    );
    this.#moveToPostgres();
  }

  #moveToPostgres(): void {
    this.#up = false;
    this.#forgetEnded();
    for (const counter of this.#active) this.#shared.adopt(counter);
    void this.#shared.flush();
  }

  async #recover(waits = true): Promise<void> {
    if (this.#up || this.#recovering) return;
    if (this.#redis.status !== "ready") {
      this.#seen.probes += 1;
      if (this.#seen.probes % PROBES_MAX === 0 && this.#redis.status === "connect") this.#redis.disconnect(true);
      return;
    }
    this.#recovering = true;
    try {
      this.#seenId = await this.#readRunId();
      this.#reachable = true;
      if (!this.#agree()) return;
      await this.#tellRedis(this.#seenId);
      if (waits) await this.#changeOver();
      // Another may have come meanwhile.
      if (!this.#agree()) return;
    } catch {
      // It is tried again.
      return;
    } finally {
      this.#recovering = false;
    }
    this.#up = true;
    this.#seen.probes = 0;
    this.#shared.dismiss(this.#active);
    log.info("limits are counted in Redis");
  }

  async #readRunId(): Promise<string> {
    const info = await this.#answerOf(this.#redis.info("server"));
    return /^run_id:(\w+)/m.exec(info)?.[1] ?? "";
  }

  /** Resolves when all gateways count in Redis again. */
  async #changeOver(): Promise<void> {
    const own = String(Date.now() + CHANGE_OVER_MS);
    // Long enough for every gateway to see it, and gone before the next loss.
    await this.#answerOf(this.#redis.set(CHANGE_OVER_KEY, own, "PX", CHANGE_OVER_MS * 3, "NX"));
    const set = Number(await this.#answerOf(this.#redis.get(CHANGE_OVER_KEY)));
    await wait(Math.min(CHANGE_OVER_MS, Math.max(0, set - Date.now())));
    const held = Promise.withResolvers<void>();
    this.#held = held.promise;
    try {
      // What waits for Postgres just now comes to its end.
      await wait(HELD_MS / 2);
      // It may be yet another Redis by now, which knows nothing again.
      await this.#tellRedis(await this.#readRunId());
      await wait(HELD_MS / 2);
    } finally {
      this.#held = undefined;
      // After `#recover` has said what is up.
      setImmediate(held.resolve);
    }
  }

  /** Reports what passed while Redis was away; all of the present windows to one that may have come back empty. */
  async #tellRedis(runId: string): Promise<void> {
    const isAnother = this.#runId !== "" && this.#runId !== runId;
    this.#forgetEnded();
    const nowMs = Date.now();
    const told: Promise<void>[] = [];
    for (const counter of this.#active) {
      const debt = isAnother ? counter.taken : counter.redisDebt;
      if (debt === 0) continue;
      const { startMs } = counter;
      counter.redisDebt = 0;
      // With a cap of 0 nothing is taken but the debt.
      const answer = this.#redis.takeLimits(1, keyOf(counter), 0, debt, keepMs(counter, nowMs));
      told.push(
        this.#answerOf(answer).then(
          () => undefined,
          (error) => {
            if (counter.startMs === startMs) counter.redisDebt += debt;
            throw error;
          },
        ),
      );
    }
    await settleAll(told);
    this.#runId = runId;
  }

  /** Notes that a command waits, and that it was answered. */
  async #answerOf<T>(command: Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await command;
    } finally {
      this.#waiting -= 1;
      this.#answers += 1;
    }
  }

  /** A Redis that hangs is given up: its connection is cut, and all that waits for it goes on without. */
  #look(): void {
    const isStuck = this.#waiting > 0 && this.#answers === this.#seen.answers;
    this.#seen.answers = this.#answers;
    this.#seen.looks = isStuck ? this.#seen.looks + 1 : 0;
    if (this.#seen.looks < LOOKS_MAX) return;
    this.#seen.looks = 0;
    if (this.#up) this.#lose(new Error("no answer"));
    else this.#redis.disconnect(true);
  }

  #forgetEnded(): void {
    const nowMs = Date.now();
    for (const counter of this.#active) if (nowMs >= counter.endMs) this.#active.delete(counter);
  }
}

/** All counters of a subscription in one slot of a cluster: its ID is the hash tag. */
function keyOf({ key, startMs }: Counter): string {
  const end = key.indexOf("/");
  return `portico:limit:{${key.slice(0, end)}}${key.slice(end)}:${startMs}`;
}

const wait = (ms: number) => new Promise<void>((go) => setTimeout(go, ms).unref());

const isWithin = (counter: Counter, atMs: number): boolean => atMs >= counter.startMs && atMs < counter.endMs;

/** How long Redis keeps the key, on its own clock: one that is wrong must not empty a counter. */
const keepMs = ({ startMs, endMs }: Counter, nowMs: number): number => endMs - Math.max(nowMs, startMs) + KEPT_MS;

/** Waits for all of them, then throws when one failed. */
async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(promises)) {
    if (settled.status === "rejected") throw settled.reason;
  }
}
