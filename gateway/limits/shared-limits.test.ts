import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { closeLimitCounters } from "#lib/limit-counter/connection.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { type Counter, Counters, type SubscriptionLimits } from "./counter.ts";
import type { LimitStore, Taken } from "./limit-store.ts";
import type { LimitKind, PlanLimit } from "./plan-limits.ts";
import { SharedLimits } from "./shared-limits.ts";
import { type WindowLength, windowStartMs } from "./windows.ts";

ownDatabase();

/** Far enough ahead that every window begins after the process began to count alone, and none ends under the test. */
const FUTURE = Date.parse("2096-03-09T00:00:00Z");
const HOUR = 3_600;

const running: SharedLimits[] = [];

async function start(mayBeAlone: boolean, clockMs = Date.now): Promise<SharedLimits> {
  const store = new SharedLimits({ id: newId(), address: "test" }, { mayBeAlone, clockMs });
  running.push(store);
  await store.start();
  return store;
}
/** Ends a gateway as main.ts does: leases go back, then its row goes. */
async function stopAll(): Promise<void> {
  for (const store of running.splice(0)) await store.stop();
  await db().gatewayNode.deleteMany();
  await closeLimitCounters();
}
beforeEach(async () => void (await db().gatewayNode.deleteMany()));
afterEach(stopAll);

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
const takeMany = (store: LimitStore, limits: SubscriptionLimits, calls: number, nowMs = FUTURE): Promise<Taken[]> =>
  Promise.all(Array.from({ length: calls }, () => store.take(limits, nowMs)));

/** Any calls at any times, also backwards, often at the very edge of a window. */
const steps = fc.array(
  fc.record({
    // Milliseconds to the next call; the edges of a minute and what is one beside them come often.
    step: fc.oneof(fc.integer({ min: -90_000, max: 90_000 }), fc.constantFrom(0, 0, 0, 1, -1)),
    toEdge: fc.constantFrom<null | number>(null, null, null, -1, 0, 1),
    giveBack: fc.boolean(),
  }),
  { maxLength: 300 },
);

test("leased windows that a clock ahead began end when the clock is right again, and what was used stays used (F10)", async () => {
  let clock = FUTURE;
  const stores = [await start(false, () => clock), await start(false, () => clock)];
  const id = newId();
  const bound = stores.map(() => bind(id, limit("rate", 4, HOUR), limit("quota", 50, "month")));
  const round = async () => {
    const taken: Taken[] = [];
    for (const [at, store] of stores.entries()) {
      for (let i = 0; i < 3; i += 1) taken.push(await store.take(bound[at] as SubscriptionLimits, clock));
    }
    return count(taken);
  };
  expect(await round()).toBe(4);
  clock = FUTURE + 3 * HOUR * 1_000;
  expect(await round()).toBe(4);
  clock = FUTURE;
  expect(await round()).toBe(0);
  clock = FUTURE + HOUR * 1_000;
  expect(await round()).toBe(4);
});

describe("one process alone", () => {
  test("lets at most N of any calls pass in a window, refuses none while allowance is left, and asks nobody", async () => {
    let clock = Date.now();
    const store = await start(true, () => clock);
    const statement = vi.spyOn(store, "flush");
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 20 }), (calls, small, large) => {
        const limits = bind(newId(), limit("burst", small, 60), limit("rate", large, 300));
        const windows = limits.counters.map(() => new Map<number, number>());
        let now = FUTURE;
        let latest = 0;
        for (const { step, toEdge, giveBack } of calls) {
          now += step;
          if (toEdge !== null) now = windowStartMs(60, now + 60_000) + toEdge;
          // A call that is counted late stays in the later window: the allowance of the latest moment is what counts.
          latest = Math.max(latest, now);
          clock = latest;
          const used = limits.counters.map(({ window }, at) => windows[at]?.get(windowStartMs(window, latest)) ?? 0);
          const taken = store.take(limits, now);
          if (taken instanceof Promise) throw new Error("it asked");
          expect(taken.bound === undefined).toBe((used[0] ?? 0) < small && (used[1] ?? 0) < large);
          if (taken.bound) continue;
          const isGivenBack = giveBack && now === latest;
          if (isGivenBack) store.giveBack(limits, now);
          else
            for (const [at, { window }] of limits.counters.entries()) {
              windows[at]?.set(windowStartMs(window, latest), (used[at] ?? 0) + 1);
            }
        }
      }),
      { numRuns: 300 },
    );
    expect(statement).not.toHaveBeenCalled();
  });

  test.each<[string, LimitKind, WindowLength]>([
    ["a burst", "burst", 5],
    ["an hour", "rate", HOUR],
    ["a day", "rate", 86_400],
  ])(
    "the window of %s that a clock ahead began ends when the clock is right again (F10)",
    async (_name, kind, window) => {
      let clock = Date.now();
      const store = await start(true, () => clock);
      const limits = bind(newId(), limit(kind, 2, window));
      const take = () => {
        const taken = store.take(limits, clock) as Taken;
        return taken.bound ? limits.counters[0]?.resetSeconds(clock) : "passed";
      };
      const seconds = window as number;
      clock = FUTURE;
      expect(take()).toBe("passed");
      // A day and an hour ahead, used up there, and back.
      clock = FUTURE + 90_000_000;
      expect([take(), take()]).toEqual(["passed", "passed"]);
      expect(take()).toBeLessThanOrEqual(seconds);
      clock = FUTURE + 1;
      // What was used before is used still.
      expect(take()).toBe("passed");
      expect(take()).toBe(seconds);
      // To and fro over an edge gives nobody more.
      clock = FUTURE + 90_000_000;
      expect(take()).toBeLessThanOrEqual(seconds);
      clock = FUTURE + 2;
      expect(take()).toBe(seconds);
    },
  );

  test("a clock that steps at random refuses nobody for longer than a window lasts (F10)", async () => {
    let clock = Date.now();
    const store = await start(true, () => clock);
    const steps = fc.array(fc.integer({ min: -5_000_000, max: 5_000_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (all) => {
        const limits = bind(newId(), limit("rate", 1, 60), limit("burst", 1, 5));
        clock = FUTURE;
        for (const step of all) {
          clock += step;
          const { bound } = store.take(limits, clock) as Taken;
          if (bound) expect(bound.counter.resetSeconds(clock)).toBeLessThanOrEqual(bound.counter.window as number);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("opens at the edge of the calendar's window, to the millisecond", async () => {
    const store = await start(true);
    const limits = bind(newId(), limit("rate", 1, HOUR));
    const taken = [0, 3_599_999, 3_600_000].map((ms) => store.take(limits, FUTURE + ms) as Taken);
    expect(taken.map(({ bound }) => bound?.name)).toEqual([undefined, "1-per-hour", undefined]);
  });

  test("names of several that bind the one that opens last", async () => {
    const store = await start(true);
    const limits = bind(newId(), limit("burst", 1, 60), limit("rate", 1, HOUR));
    store.take(limits, FUTURE);
    expect((store.take(limits, FUTURE + 1_000) as Taken).bound?.name).toBe("1-per-hour");
  });

  test("lets calls over a soft limit pass, and says so", async () => {
    const store = await start(true);
    const limits = bind(newId(), limit("rate", 2, HOUR, false));
    const taken = Array.from({ length: 3 }, () => store.take(limits, FUTURE) as Taken);
    expect(taken.map(({ bound, overSoft }) => [bound, overSoft])).toEqual([
      [undefined, false],
      [undefined, false],
      [undefined, true],
    ]);
    expect(taken[2]?.headers[5 - 2]).toMatch(/^"soft-2-per-hour";r=0;/);
  });

  test("goes on with what is used when the plan is published anew, and never gives back more than was taken", async () => {
    const store = await start(true);
    const counters = new Counters();
    const id = newId();
    const before = counters.bind(id, [limit("rate", 5, HOUR)]);
    for (let i = 0; i < 3; i += 1) store.take(before, FUTURE);
    const lower = counters.bind(id, [limit("rate", 2, HOUR)]);
    expect((store.take(lower, FUTURE) as Taken).bound).toBeDefined();
    store.giveBack(before, FUTURE);
    expect((store.take(lower, FUTURE) as Taken).bound).toBeDefined();
    const higher = counters.bind(id, [limit("rate", 4, HOUR)]);
    expect(count([1, 2, 3].map(() => store.take(higher, FUTURE) as Taken))).toBe(2);
  });

  test("of zero lets nothing through", async () => {
    const store = await start(true);
    expect((store.take(bind(newId(), limit("rate", 0, 60)), FUTURE) as Taken).bound).toBeDefined();
  });

  test("keeps a quota over its own death: what a crash loses is unused allowance, never a second one", async () => {
    const first = await start(true);
    const id = newId();
    expect(count(await takeMany(first, bind(id, limit("quota", 2_000, "month")), 700))).toBe(700);
    // As after kill -9: nothing was handed back, and another process starts with what the database holds.
    running.splice(0);
    await db().gatewayNode.deleteMany();
    const second = await start(true);
    const passed = count(await takeMany(second, bind(id, limit("quota", 2_000, "month")), 4_000));
    expect(passed).toBeLessThanOrEqual(1_300);
    expect(passed).toBeGreaterThanOrEqual(1_300 - 500);
    await first.stop();
  });

  test("writes its counts down when it stops, so that a restart gives nobody a second allowance", async () => {
    const id = newId();
    const first = await start(true);
    expect(count(await takeMany(first, bind(id, limit("rate", 10, HOUR)), 7))).toBe(7);
    await stopAll();
    const second = await start(false);
    expect(count(await takeMany(second, bind(id, limit("rate", 10, HOUR)), 20))).toBe(3);
  });
});

describe("several processes, through Postgres", () => {
  test.each([[7], [100], [1_000]])(
    "a hard limit of %i under ten times as many parallel calls on four of them lets exactly as many pass",
    async (calls) => {
      const stores = [await start(false), await start(false), await start(false), await start(false)];
      const id = newId();
      const all = await Promise.all(
        stores.map((store) => takeMany(store, bind(id, limit("rate", calls, HOUR)), (10 * calls) / 4)),
      );
      expect(count(all.flat())).toBe(calls);
    },
  );

  test("any calls on any of them never pass over the limit, and none is left in the end", async () => {
    const stores = [await start(false), await start(false), await start(false)];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 30 }), fc.boolean()), { maxLength: 12 }),
        async (calls, rounds) => {
          const id = newId();
          const bound = stores.map(() => bind(id, limit("burst", calls, 60), limit("rate", calls + 20, HOUR)));
          let passed = 0;
          await Promise.all(
            rounds.map(async ([at, many, waits]) => {
              if (waits) await new Promise(setImmediate);
              const taken = await takeMany(stores[at] as SharedLimits, bound[at] as SubscriptionLimits, many);
              passed += count(taken);
            }),
          );
          expect(passed).toBeLessThanOrEqual(calls);
          // What some still hold ahead is all that the others may not have.
          for (const [at, store] of stores.entries()) {
            const taken = await takeMany(store, bound[at] as SubscriptionLimits, calls + 1);
            passed += count(taken);
          }
          expect(passed).toBe(calls);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("a call that one limit refuses is not counted by another", async () => {
    const store = await start(false);
    const id = newId();
    const limits = bind(id, limit("burst", 3, 60), limit("rate", 100, HOUR));
    expect(count(await takeMany(store, limits, 50))).toBe(3);
    const other = bind(id, limit("rate", 100, HOUR));
    await store.stop();
    expect(count(await takeMany(await start(false), other, 200))).toBe(97);
  });

  test("each call says what remains", async () => {
    const store = await start(false);
    const taken = await takeMany(store, bind(newId(), limit("rate", 50, HOUR)), 200);
    const left = taken
      .filter((one) => !one.bound)
      .map(({ headers }) => headers[headers.indexOf("X-RateLimit-Remaining") + 1]);
    expect(new Set(left).size).toBe(50);
  });

  test("a second one takes over what the first counted alone, and the first asks from then on", async () => {
    const id = newId();
    const first = await start(true);
    const limits = bind(id, limit("rate", 100, HOUR));
    expect(first.take(limits, FUTURE)).not.toBeInstanceOf(Promise);
    expect(count(await takeMany(first, limits, 39))).toBe(39);
    const second = await start(true);
    const both = await Promise.all([
      takeMany(first, limits, 300),
      takeMany(second, bind(id, limit("rate", 100, HOUR)), 300),
    ]);
    expect(count(both.flat())).toBe(60);
  });

  test("a window that began before is counted in memory too once a process is alone, and handed over with the rest", async () => {
    const now = Date.now();
    const id = newId();
    const week = limit("rate", 100, 604_800);
    const before = await start(false);
    expect(count(await takeMany(before, bind(id, week), 10, now))).toBe(10);
    await stopAll();
    const first = await start(true);
    const limits = bind(id, week);
    expect(count(await takeMany(first, limits, 5, now))).toBe(5);
    let taken = 0;
    await vi.waitFor(
      async () => {
        if (!(limits.counters[0] as Counter).local) taken += count([await first.take(limits, now)]);
        expect((limits.counters[0] as Counter).local).toBe(true);
      },
      { timeout: 25_000, interval: 200 },
    );
    expect(count(await takeMany(first, limits, 20, now))).toBe(20);
    const second = await start(true);
    const all = await Promise.all([takeMany(first, limits, 200, now), takeMany(second, bind(id, week), 200, now)]);
    expect(count(all.flat())).toBe(100 - 35 - taken);
  });

  test("leases that lie idle come back to the others", async () => {
    const stores = [await start(false), await start(false)];
    const id = newId();
    const [one, two] = stores.map(() => bind(id, limit("rate", 1_000, HOUR)));
    // One after the other, so that more and more is leased ahead.
    let first = 0;
    while (first < 300) first += count([await (stores[0] as SharedLimits).take(one as SubscriptionLimits, FUTURE)]);
    expect(one?.counters[0]?.room).toBeGreaterThan(0);
    await vi.waitFor(() => expect(one?.counters[0]?.room).toBe(0), { timeout: 25_000 });
    await (stores[0] as SharedLimits).flush();
    expect(count(await takeMany(stores[1] as SharedLimits, two as SubscriptionLimits, 2_000))).toBe(700);
  });
});
