import { describe, expect, test } from "vitest";
import { formatLimits, formatLimitsShort, limitParts } from "./format.ts";

describe("the limits of a plan", () => {
  const limits = [
    { limit: 10_000, windowSeconds: 3600 },
    { limit: 5, windowSeconds: 1 },
  ];

  test("are all said, in the plan's order", () => {
    expect(formatLimits(limits)).toBe("10,000 calls per hour, 5 calls per second");
    expect(formatLimitsShort(limits)).toBe("10,000 per hour, 5 per second");
  });

  test("are missing in words, never as an empty text", () => {
    expect(formatLimits([])).toBe("No limit");
    expect(formatLimits([], "calls without a limit")).toBe("calls without a limit");
    expect(formatLimitsShort([])).toBe("unlimited");
  });

  test("give a page the number apart from its words", () => {
    expect(limits.map(limitParts)).toEqual([
      { count: "10,000", words: "calls per hour" },
      { count: "5", words: "calls per second" },
    ]);
  });

  test.each([
    [1, 60, "1 call per minute"],
    [7, 900, "7 calls per 15 minutes"],
    [7, 90, "7 calls per 90 seconds"],
    [2, 172_800, "2 calls per 2 days"],
  ])("%i in %i seconds read as %s", (limit, windowSeconds, words) => {
    expect(formatLimits([{ limit, windowSeconds }])).toBe(words);
  });
});
