import { describe, expect, test } from "vitest";
import type { PlanLimits } from "#lib/product/plan.rules.ts";
import { formatLimits, formatLimitsShort, limitParts } from "./format.ts";

const none: PlanLimits = { rateLimits: [], burstLimits: [], quotas: [], operationLimits: [] };

describe("the limits of a plan", () => {
  const limits: PlanLimits = {
    rateLimits: [
      { limit: 10_000, windowSeconds: 3600 },
      { limit: 5, windowSeconds: 86_400, hard: false },
    ],
    burstLimits: [{ limit: 20, windowSeconds: 1 }],
    quotas: [{ limit: 1, unit: "month" }],
    operationLimits: [
      { apiId: "", operation: "GET /dear", rateLimits: [{ limit: 2, windowSeconds: 60 }], burstLimits: [], quotas: [] },
    ],
  };

  test("are all said, in the plan's order", () => {
    expect(formatLimits(limits)).toBe(
      "10,000 calls per hour, 5 calls per day (soft), 20 calls per second in a burst, 1 call per month; GET /dear: 2 calls per minute",
    );
    expect(formatLimitsShort(limits)).toBe(
      "10,000 per hour, 5 per day, 20 per second, 1 per month, own limits of 1 operation",
    );
  });

  test("are missing in words, never as an empty text", () => {
    expect(formatLimits(none)).toBe("No limit");
    expect(formatLimits(none, "calls without a limit")).toBe("calls without a limit");
    expect(formatLimitsShort(none)).toBe("unlimited");
  });

  test("give a page the number apart from its words", () => {
    expect(limitParts({ ...none, rateLimits: limits.rateLimits.slice(0, 1), quotas: limits.quotas })).toEqual([
      { count: "10,000", words: "calls per hour" },
      { count: "1", words: "call per month" },
    ]);
  });

  test.each([
    [1, 60, "1 call per minute"],
    [7, 900, "7 calls per 15 minutes"],
    [7, 90, "7 calls per 90 seconds"],
    [2, 172_800, "2 calls per 2 days"],
    [2, 604_800, "2 calls per week"],
  ])("%i in %i seconds read as %s", (limit, windowSeconds, words) => {
    expect(formatLimits({ ...none, rateLimits: [{ limit, windowSeconds }] })).toBe(words);
  });
});
