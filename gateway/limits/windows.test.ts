import { describe, expect, test } from "vitest";
import { Counters } from "./counters.ts";
import { limitHeaders } from "./limit-headers.ts";
import { type BoundLimit, giveBackCall, remaining, resetSeconds, takeCall } from "./windows.ts";

const bind = (...limits: [limit: number, windowSeconds: number][]): BoundLimit[] =>
  new Counters().bind(
    "subscription",
    limits.map(([limit, windowSeconds]) => ({ limit, windowSeconds })),
  );

/** A small deterministic generator, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe("a limit of N in a window", () => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed))(
    "lets at most N through in any calendar window, and all N (seed %i)",
    (seed) => {
      const next = random(seed);
      const limits = bind([1 + Math.floor(next() * 5), 60], [1 + Math.floor(next() * 20), 300]);
      const allowed = limits.map(() => new Map<number, number>());
      let now = 1_700_000_000_000 + Math.floor(next() * 1e6);
      for (let i = 0; i < 2_000; i += 1) {
        // Often many calls at one instant, sometimes a jump to just before or just after the edge of a minute.
        if (next() < 0.3) now += Math.floor(next() * 5_000);
        if (next() < 0.05) now = (Math.floor(now / 60_000) + 1) * 60_000 - (next() < 0.5 ? 0 : 1);
        const room = limits.map(
          (limit, at) => limit.limit - (allowed[at]?.get(Math.floor(now / 1000 / limit.windowSeconds)) ?? 0),
        );
        const bound = takeCall(limits, now);
        expect(bound === undefined).toBe(room.every((left) => left > 0));
        if (bound) continue;
        limits.forEach((limit, at) => {
          const window = Math.floor(now / 1000 / limit.windowSeconds);
          allowed[at]?.set(window, (allowed[at]?.get(window) ?? 0) + 1);
        });
      }
      limits.forEach((limit, at) => {
        expect(Math.max(...(allowed[at]?.values() ?? []))).toBeLessThanOrEqual(limit.limit);
      });
    },
  );

  test("opens at the edge of the calendar's window, to the millisecond", () => {
    const limits = bind([1, 3_600]);
    const hour = 3_600_000 * 472_222;
    expect(takeCall(limits, hour + 1)).toBeUndefined();
    expect(takeCall(limits, hour + 3_599_999)).toBe(limits[0]);
    expect(takeCall(limits, hour + 3_600_000)).toBeUndefined();
  });

  test("gives nobody a second allowance when the clock steps back", () => {
    const limits = bind([1, 60]);
    expect(takeCall(limits, 600_000)).toBeUndefined();
    expect(takeCall(limits, 540_000)).toBe(limits[0]);
    expect(takeCall(limits, 600_001)).toBe(limits[0]);
  });

  test("names of several that bind the one that opens last", () => {
    const limits = bind([1, 60], [1, 3_600]);
    takeCall(limits, 0);
    expect(takeCall(limits, 1_000)).toBe(limits[1]);
    expect(resetSeconds(limits[1] as BoundLimit, 1_000)).toBe(3_599);
  });

  test("of zero lets nothing through", () => {
    expect(takeCall(bind([0, 60]), 0)).toBeDefined();
  });
});

test("a call that is given back was not used up, in its own window only", () => {
  const limits = bind([2, 60]);
  takeCall(limits, 0);
  giveBackCall(limits, 0);
  expect(remaining(limits[0] as BoundLimit)).toBe(2);
  takeCall(limits, 60_000);
  giveBackCall(limits, 59_999);
  expect(remaining(limits[0] as BoundLimit)).toBe(1);
});

test("the counters of a subscription outlive its plan's change and end with the subscription", () => {
  const counters = new Counters();
  const before = counters.bind("s", [{ limit: 3, windowSeconds: 60 }]);
  takeCall(before, 0);
  const after = counters.bind("s", [{ limit: 5, windowSeconds: 60 }]);
  expect(after.map(remaining)).toEqual([4]);
  expect(counters.bind("other", [{ limit: 5, windowSeconds: 60 }]).map(remaining)).toEqual([5]);
  counters.drop("s");
  expect(counters.bind("s", [{ limit: 5, windowSeconds: 60 }]).map(remaining)).toEqual([5]);
});

test("of two limits with one window the smaller holds, and a call counts once", () => {
  const limits = bind([5, 60], [3, 60]);
  takeCall(limits, 0);
  expect(limits.map((limit) => [limit.name, remaining(limit)])).toEqual([["3-per-minute", 2]]);
});

test("an unlimited plan has no limit headers", () => {
  expect(limitHeaders(bind(), 0)).toEqual([]);
});

test("a reset is never longer than its window and never zero", () => {
  const [limit] = bind([9, 60]) as [BoundLimit];
  for (let ms = 0; ms < 120_000; ms += 250) {
    takeCall([limit], ms);
    expect(resetSeconds(limit, ms)).toBeGreaterThanOrEqual(1);
    expect(resetSeconds(limit, ms)).toBeLessThanOrEqual(60);
  }
});
