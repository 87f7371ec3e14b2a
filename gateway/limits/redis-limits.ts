import { Redis } from "ioredis";
import { log } from "#lib/log.ts";
import type { Counter, SubscriptionLimits } from "./counter.ts";
import { limitHeaders } from "./limit-headers.ts";
import { type LimitStats, type LimitStore, passed, refused, type Taken } from "./limit-store.ts";
import type { SharedLimits } from "./shared-limits.ts";

/** A Redis that does not answer in this time is taken for lost. */
const ANSWER_MS = 250;
/** Between two tries to reach a lost Redis. */
const PROBE_MS = 500;
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
  /** Counters of present windows that Redis counts. */
  readonly #active = new Set<Counter>();
  #probe: NodeJS.Timeout | undefined;
  #prune: NodeJS.Timeout | undefined;

  constructor(url: string, shared: SharedLimits) {
    this.#shared = shared;
    this.stats = shared.stats;
    const redis = new Redis(url, {
      commandTimeout: ANSWER_MS,
      connectTimeout: 1_000,
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

  take(limits: SubscriptionLimits, nowMs: number): Taken | Promise<Taken> {
    if (limits.others.counters.length === 0) return this.#shared.take(limits, nowMs);
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
    this.#redis.giveBackLimits(keys.length, ...keys).catch((error) => this.#lose(error));
  }

  async start(): Promise<void> {
    await this.#shared.start();
    await this.#redis.connect().catch((error) => this.#lose(error));
    await this.#recover();
    if (!this.#up) log.warn("Redis does not answer, limits are shared through Postgres");
    this.#probe = setInterval(() => void this.#recover(), PROBE_MS);
    this.#prune = setInterval(() => this.#forgetEnded(), PRUNE_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#probe);
    clearInterval(this.#prune);
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
      if (nowMs >= counter.endMs) {
        counter.turn(nowMs);
        counter.local = false;
      }
      this.#active.add(counter);
      keys.push(keyOf(counter));
      args.push(counter.cap, counter.redisDebt, counter.endMs - Math.max(nowMs, counter.startMs) + KEPT_MS);
      starts.push(counter.startMs);
      counter.redisDebt = 0;
    }
    return this.#redis.takeLimits(keys.length, ...keys, ...args).then(
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
    for (const counter of limits.others.counters) if (isWithin(counter, nowMs)) counter.redisDebt += 1;
    return taken;
  }

  #lose(error: unknown): void {
    if (!this.#up) return;
    this.#up = false;
    this.stats.redisLost += 1;
    const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
    log.warn({ reason }, "Redis is lost, limits are shared through Postgres");
    this.#forgetEnded();
    for (const counter of this.#active) this.#shared.adopt(counter);
    void this.#shared.flush();
    // One that hangs would hold every command that was sent; a new connection starts with none.
    this.#redis.disconnect(true);
  }

  async #recover(): Promise<void> {
    if (this.#up) return;
    try {
      await this.#redis.ping();
    } catch {
      // It is tried again.
      return;
    }
    this.#up = true;
    this.#shared.dismiss(this.#active);
    log.info("limits are counted in Redis");
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

const isWithin = (counter: Counter, atMs: number): boolean => atMs >= counter.startMs && atMs < counter.endMs;
