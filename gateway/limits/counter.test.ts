import { describe, expect, test } from "vitest";
import { Counters, UNCAPPED } from "./counter.ts";
import { limitHeaders } from "./limit-headers.ts";
import { readPlanLimits } from "./plan-limits.ts";

const HOUR = 3_600;
const row = {
  rateLimits: [{ limit: 100, windowSeconds: HOUR }],
  burstLimits: [{ limit: 5, windowSeconds: 1 }],
  quotas: [{ limit: 10_000, unit: "month" }],
  operationLimits: [
    {
      apiId: "api",
      operation: "GET /dear",
      rateLimits: [{ limit: 2, windowSeconds: 60 }],
      burstLimits: [],
      quotas: [],
    },
  ],
};
const read = (plan: object) => {
  const limits = readPlanLimits(plan);
  if (!limits) throw new Error("not understood");
  return limits;
};

describe("the limits of a plan", () => {
  test("are understood as an older version wrote them, with rate limits alone", () => {
    expect(read({ rateLimits: row.rateLimits }).limits).toEqual([
      { kind: "rate", limit: 100, window: HOUR, hard: true, scope: "" },
    ]);
  });

  test.each([
    ["a limit below zero", { ...row, rateLimits: [{ limit: -1, windowSeconds: 60 }] }],
    ["a quota of another length", { ...row, quotas: [{ limit: 1, unit: "year" }] }],
    ["no rate limits at all", { ...row, rateLimits: undefined }],
  ])("with %s are no plan, rather than an unlimited one (T34)", (_what, plan) => {
    expect(readPlanLimits(plan)).toBeNull();
  });

  test("of an operation stand in place of the plan's own of that kind; the rest it shares with the plan", () => {
    const limits = read(row).operations.get("api")?.get("GET /dear");
    expect(limits?.map(({ kind, limit, scope }) => [kind, limit, scope])).toEqual([
      ["burst", 5, ""],
      ["rate", 2, "api/GET /dear"],
      ["quota", 10_000, ""],
    ]);
    const counters = new Counters();
    const plan = counters.bind("s", read(row).limits).counters;
    const operation = counters.bind("s", limits ?? []).counters;
    expect(plan.map((counter) => operation.includes(counter))).toEqual([true, false, true]);
  });

  test("are named by their kind, so that no two have one name", () => {
    const soft = { ...row, rateLimits: [...row.rateLimits, { limit: 80, windowSeconds: HOUR, hard: false }] };
    const { limits } = new Counters().bind("s", read(soft).limits);
    expect(limits.map(({ name, text }) => [name, text])).toEqual([
      ["burst-5-per-second", "5 calls per second"],
      ["100-per-hour", "100 calls per hour"],
      ["soft-80-per-hour", "80 calls per hour"],
      ["quota-10000-per-month", "10,000 calls per month"],
    ]);
  });
});

describe("of several limits with one window", () => {
  const bind = (...limits: [limit: number, hard: boolean][]) =>
    new Counters().bind(
      "s",
      limits.map(([limit, hard]) => ({ kind: "rate", limit, hard, window: 60, scope: "" })),
    );

  test.each<[string, [number, boolean][], string[], number]>([
    [
      "the smaller hard one holds",
      [
        [5, true],
        [3, true],
      ],
      ["3-per-minute"],
      3,
    ],
    [
      "the smaller soft one is noted",
      [
        [5, false],
        [3, false],
      ],
      ["soft-3-per-minute"],
      UNCAPPED,
    ],
    [
      "a soft one below the hard one warns",
      [
        [5, true],
        [3, false],
      ],
      ["5-per-minute", "soft-3-per-minute"],
      5,
    ],
    [
      "a soft one that is never reached is left out",
      [
        [5, true],
        [5, false],
        [9, false],
      ],
      ["5-per-minute"],
      5,
    ],
    [
      "the same twice is one",
      [
        [5, true],
        [5, true],
      ],
      ["5-per-minute"],
      5,
    ],
  ])("%s, and a call counts once", (_what, limits, names, cap) => {
    const bound = bind(...limits);
    expect(bound.limits.map(({ name }) => name)).toEqual(names);
    expect(bound.counters.map((counter) => counter.cap)).toEqual([cap]);
  });
});

test("an unlimited plan has no limit headers", () => {
  expect(limitHeaders(new Counters().bind("s", []), 0)).toEqual([]);
});

test("the window of a month is as long as that month", () => {
  const bound = new Counters().bind("s", read({ ...row, rateLimits: [], burstLimits: [] }).limits);
  const [counter] = bound.counters;
  for (const [now, days] of [
    ["2026-02-10T00:00:00Z", 28],
    ["2026-03-10T00:00:00Z", 31],
  ] as const) {
    counter?.turn(Date.parse(now));
    expect(limitHeaders(bound, Date.parse(now))[1]).toBe(`"quota-10000-per-month";q=10000;w=${days * 86_400}`);
  }
});

test("a reset is never longer than its window and never zero", () => {
  const [counter] = new Counters().bind("s", [{ kind: "rate", limit: 9, window: 60, hard: true, scope: "" }]).counters;
  for (let ms = 0; ms < 120_000; ms += 250) {
    if (counter && ms >= counter.endMs) counter.turn(ms);
    expect(counter?.resetSeconds(ms)).toBeGreaterThanOrEqual(1);
    expect(counter?.resetSeconds(ms)).toBeLessThanOrEqual(60);
  }
});
