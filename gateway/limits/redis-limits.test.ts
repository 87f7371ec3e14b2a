import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { closeLimitCounters } from "#lib/limit-counter/connection.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { NO_REDIS, type OwnRedis, redisServer, startRedis } from "#lib/test-kit/redis.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { Counters, type SubscriptionLimits } from "./counter.ts";
import type { Taken } from "./limit-store.ts";
import type { LimitKind, PlanLimit } from "./plan-limits.ts";
import { RedisLimits } from "./redis-limits.ts";
import { SharedLimits } from "./shared-limits.ts";
import type { WindowLength } from "./windows.ts";

ownDatabase();

/** No window ends under the test. */
const NOW = Date.parse("2096-03-09T00:00:00Z");
const HOUR = 3_600;

let redis: OwnRedis;
const running: RedisLimits[] = [];

async function start(url = redis.url, clockMs = Date.now): Promise<RedisLimits> {
  const shared = new SharedLimits({ id: newId(), address: "test" }, { mayBeAlone: false, clockMs });
  const store = new RedisLimits(url, shared);
  running.push(store);
  await store.start();
  return store;
}
const startMany = async (count: number): Promise<RedisLimits[]> => {
  const stores: RedisLimits[] = [];
  while (stores.length < count) stores.push(await start());
  return stores;
};

beforeAll(async () => {
  if (redisServer) redis = await startRedis(await freePort());
});
afterAll(() => redis?.stop());
beforeEach((context) => context.skip(!redisServer, NO_REDIS));
afterEach(async () => {
  for (const store of running.splice(0)) await store.stop();
  await db().gatewayNode.deleteMany();
  await closeLimitCounters();
});

const limit = (kind: LimitKind, calls: number, window: WindowLength, hard = true): PlanLimit => ({
  kind,
  limit: calls,
  window,
  hard,
  scope: "",
});
const bind = (subscriptionId: string, ...limits: PlanLimit[]): SubscriptionLimits =>
  new Counters().bind(subscriptionId, limits);
const count = (taken: readonly Taken[]): number => taken.filter((one) => !one.bound).length;
const takeMany = (store: RedisLimits, limits: SubscriptionLimits, calls: number, nowMs = NOW): Promise<Taken[]> =>
  Promise.all(Array.from({ length: calls }, () => store.take(limits, nowMs)));
const takeEverywhere = async (stores: readonly RedisLimits[], calls: number, id: string, ...limits: PlanLimit[]) =>
  count((await Promise.all(stores.map((store) => takeMany(store, bind(id, ...limits), calls)))).flat());

describe("with Redis", () => {
  test.each([[7], [1_000]])(
    "a hard limit of %i under ten times as many parallel calls on four processes lets exactly as many pass",
    async (calls) => {
      const stores = await startMany(4);
      expect(await takeEverywhere(stores, (10 * calls) / 4, newId(), limit("rate", calls, HOUR))).toBe(calls);
    },
  );

  test("a call takes all its limits in one round trip, or none of them", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const id = newId();
    const watch = new Redis(redis.url);
    const before = await commands(watch);
    const limits = [limit("burst", 3, 60), limit("rate", 50, HOUR), limit("rate", 90, 86_400)];
    expect(await takeEverywhere([store], 20, id, ...limits)).toBe(3);
    expect((await commands(watch)) - before).toBe(20);
    watch.disconnect();
    expect(await takeEverywhere([store], 100, id, limit("rate", 50, HOUR))).toBe(47);
    expect(await takeEverywhere([store], 100, id, limit("rate", 90, 86_400))).toBe(87);
  });

  test("each call says what remains, and a new window opens by the calendar", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const limits = bind(newId(), limit("rate", 20, HOUR));
    const taken = await takeMany(store, limits, 50);
    const left = taken.filter((one) => !one.bound).map(({ headers }) => headers[7]);
    expect(new Set(left).size).toBe(20);
    expect(taken.find((one) => one.bound)?.bound?.name).toBe("20-per-hour");
    expect(count(await takeMany(store, limits, 50, NOW + HOUR * 1_000))).toBe(20);
  });

  test("windows that a clock ahead began end when the clock is right again, and what was used stays used (F10)", async () => {
    let clock = NOW;
    const store = await start(redis.url, () => clock);
    const limits = bind(newId(), limit("burst", 2, 5));
    const passedNow = async () => count(await takeMany(store, limits, 4, clock));
    expect(await passedNow()).toBe(2);
    clock = NOW + HOUR * 1_000;
    expect(await passedNow()).toBe(2);
    clock = NOW;
    expect(await passedNow()).toBe(0);
    clock = NOW + 5_000;
    expect(await passedNow()).toBe(2);
  });

  test("keys go by themselves, on Redis's own clock", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const id = newId();
    await store.take(bind(id, limit("rate", 5, HOUR)), NOW + 600_000);
    const watch = new Redis(redis.url);
    const [key = ""] = await watch.keys(`*${id}*`);
    const ttl = await watch.pttl(key);
    watch.disconnect();
    expect(ttl).toBeGreaterThan(3_000_000);
    expect(ttl).toBeLessThanOrEqual(3_060_000);
  });

  test("what a rejected call took is given back", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const id = newId();
    const limits = bind(id, limit("rate", 2, HOUR), limit("quota", 2, "month"));
    await takeMany(store, limits, 2);
    store.giveBack(limits, NOW);
    expect(count(await takeMany(store, limits, 5))).toBe(1);
  });

  test("soft limits are noted, over all processes", async () => {
    const stores = await startMany(2);
    const id = newId();
    expect(await takeEverywhere(stores, 4, id, limit("rate", 6, HOUR, false))).toBe(8);
    const last = await stores[0]?.take(bind(id, limit("rate", 6, HOUR, false)), NOW);
    expect([last?.bound, last?.overSoft]).toEqual([undefined, true]);
  });

  test("a quota is kept in Postgres: a Redis that comes back empty gives nobody a second one", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const id = newId();
    const limits = [limit("rate", 1_000, HOUR), limit("quota", 10, "month")];
    expect(await takeEverywhere([store], 6, id, ...limits)).toBe(6);
    const watch = new Redis(redis.url);
    await watch.flushall();
    watch.disconnect();
    expect(await takeEverywhere([store], 20, id, ...limits)).toBe(4);
  });
});

describe("beside gateways that count elsewhere", () => {
  test.each([
    ["no Redis at all", "postgres", "kinds"],
    ["another Redis", "redis 0badcafe", "servers"],
    ["a Redis that is away", "redis away", null],
  ])(
    "with %s it counts through Postgres, with what it had counted, and comes back when they agree (F18)",
    async (_what, other, mixture) => {
      const [store] = (await startMany(1)) as [RedisLimits];
      const id = newId();
      expect(store.store).toMatch(/^redis [0-9a-f]{8}$/);
      expect(await takeEverywhere([store], 5, id, limit("rate", 60, HOUR))).toBe(5);
      const limits = bind(newId(), limit("rate", 60, HOUR));
      expect(count(await takeMany(store, limits, 40))).toBe(40);
      store.noteOthers([other]);
      expect([store.mode, store.mixture]).toEqual(["leases", mixture]);
      const plain = new SharedLimits({ id: newId(), address: "plain" }, { mayBeAlone: false });
      await plain.start();
      const theirs = bind(limits.counters[0]?.key.split("/")[0] ?? "", limit("rate", 60, HOUR));
      const both = [
        ...(await takeMany(store, limits, 60)),
        ...(await Promise.all(Array.from({ length: 60 }, () => plain.take(theirs, NOW)))),
      ];
      expect(40 + count(both)).toBe(60);
      expect(store.stats.redisLost).toBe(0);
      await plain.stop();
      store.noteOthers([store.store]);
      await vi.waitFor(async () => expect(await isCounting(redis, store)).toBe(true), { timeout: 25_000 });
      expect(count(await takeMany(store, limits, 5))).toBe(0);
    },
  );
});

describe("when Redis is lost", () => {
  test("what each process let pass is told to Postgres: no second allowance, no outage, and back again", async () => {
    const stores = await startMany(2);
    const id = newId();
    const bound = stores.map(() => bind(id, limit("rate", 1_000, HOUR)));
    const both = async (calls: number) =>
      count(
        (await Promise.all(stores.map((store, at) => takeMany(store, bound[at] as SubscriptionLimits, calls)))).flat(),
      );
    expect(await both(100)).toBe(200);
    await redis.kill();
    await vi.waitFor(() => expect(stores.map((store) => store.stats.redisLost)).toEqual([1, 1]), { timeout: 25_000 });
    expect(await both(200)).toBe(400);
    // It comes back empty, and hears from each process all that it let pass in the window.
    await redis.restart();
    await vi.waitFor(async () => expect(await isCounting(redis, stores[0] as RedisLimits)).toBe(true), {
      timeout: 25_000,
    });
    await vi.waitFor(async () => expect(await isCounting(redis, stores[1] as RedisLimits)).toBe(true), {
      timeout: 25_000,
    });
    expect(await both(2_000)).toBe(400);
  });

  test("in the middle of calls, each of them is answered, and the limit holds within what was on its way", async () => {
    const stores = await startMany(2);
    const id = newId();
    const calls = stores.map((store) => takeMany(store, bind(id, limit("rate", 300, HOUR)), 1_000));
    await redis.kill();
    const passed = count((await Promise.all(calls)).flat());
    expect(passed).toBeGreaterThan(0);
    // Calls that Redis had counted and not yet answered are counted once more, to the careful side; none twice lets pass.
    expect(passed).toBeLessThanOrEqual(300 + 300);
    await redis.restart();
  });

  test("a Redis that accepts and never answers holds nothing up for longer than it takes to notice", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const id = newId();
    redis.process.kill("SIGSTOP");
    expect(await takeEverywhere([store], 5, id, limit("rate", 3, HOUR))).toBe(3);
    const limits = bind(newId(), limit("rate", 3, HOUR));
    await store.take(limits, NOW);
    expect(store.stats.redisLost).toBe(1);
    redis.process.kill("SIGCONT");
    await vi.waitFor(async () => expect(await isCounting(redis, store)).toBe(true), { timeout: 25_000 });
  });

  test("what waits for a Redis that hangs goes on when it is given up, not when its connection has ended (F11)", async () => {
    const [store] = (await startMany(1)) as [RedisLimits];
    const lostBefore = store.stats.redisLost;
    redis.process.kill("SIGSTOP");
    let looks = 0;
    const looking = setInterval(() => {
      looks += 1;
    }, 50);
    const calls = takeMany(store, bind(newId(), limit("rate", 3, HOUR)), 54);
    await vi.waitFor(() => expect(store.stats.redisLost).toBe(lostBefore + 1), { interval: 5, timeout: 10_000 });
    // Five looks of its own, in the same turns of the event loop as these; and one to begin with.
    expect(looks).toBeLessThanOrEqual(7);
    looks = 0;
    expect(count(await calls)).toBe(3);
    clearInterval(looking);
    // The rest is one statement to Postgres; the connection's end would be forty.
    expect(looks).toBeLessThan(20);
    redis.process.kill("SIGCONT");
    await vi.waitFor(async () => expect(await isCounting(redis, store)).toBe(true), { timeout: 25_000 });
  });

  test("a process that starts while Redis hangs counts, and finds Redis later (F11)", async () => {
    redis.process.kill("SIGSTOP");
    const store = await start();
    expect(await takeEverywhere([store], 9, newId(), limit("rate", 3, HOUR))).toBe(3);
    redis.process.kill("SIGCONT");
    await vi.waitFor(async () => expect(await isCounting(redis, store)).toBe(true), { timeout: 25_000 });
  });

  test("a process that starts meanwhile counts, and finds Redis later", async () => {
    await redis.kill();
    const store = await start();
    expect(await takeEverywhere([store], 9, newId(), limit("rate", 3, HOUR))).toBe(3);
    await redis.restart();
    await vi.waitFor(async () => expect(await isCounting(redis, store)).toBe(true), { timeout: 25_000 });
  });
});

/** Scripts that Redis ran. */
async function commands(watch: Redis): Promise<number> {
  const stats = await watch.info("commandstats");
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

/** Whether a call of this process reaches Redis. */
async function isCounting(server: OwnRedis, store: RedisLimits): Promise<boolean> {
  const id = newId();
  await store.take(bind(id, limit("rate", 1, HOUR)), NOW);
  const watch = new Redis(server.url);
  watch.on("error", () => undefined);
  const keys = await watch.keys(`*${id}*`);
  watch.disconnect();
  return keys.length === 1;
}
