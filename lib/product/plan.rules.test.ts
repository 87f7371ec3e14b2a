import { expect, test } from "vitest";
import { parseBurstLimits, parseQuotas, parseRateLimits, printQuotas, printRateLimits } from "./plan.rules.ts";

test.each([
  ["100/1hour", [{ limit: 100, windowSeconds: 3_600 }]],
  ["100/hour", [{ limit: 100, windowSeconds: 3_600 }]],
  ["5 / 10 minutes", [{ limit: 5, windowSeconds: 600 }]],
  ["1000000/1day", [{ limit: 1_000_000, windowSeconds: 86_400 }]],
  ["2/1SECOND", [{ limit: 2, windowSeconds: 1 }]],
  ["9/2weeks", [{ limit: 9, windowSeconds: 1_209_600 }]],
  ["", []],
  [
    "100/1hour, 80/1hour soft",
    [
      { limit: 100, windowSeconds: 3_600 },
      { limit: 80, windowSeconds: 3_600, hard: false },
    ],
  ],
])("%j reads as rate limits", (text, limits) => {
  expect(parseRateLimits(text)).toEqual(limits);
  expect(parseRateLimits(printRateLimits(limits as []))).toEqual(limits);
});

test.each(["100", "0/1hour", "100/0hour", "-1/1hour", "1e3/1hour", "100/1fortnight", "100/1hour; drop", "1/1hour,,"])(
  "%j is no rate limit, and an example says how to write one",
  (text) => expect(() => parseRateLimits(text)).toThrow("100/1hour"),
);

test.each([
  ["a month, which a quota counts", () => parseRateLimits("5/1month"), "quota"],
  ["the same time twice", () => parseRateLimits("5/60second, 6/1minute"), "same time"],
  [
    "more than a few",
    () => parseRateLimits("1/1second,1/2second,1/3second,1/4second,1/5second,1/6second"),
    "At most 5",
  ],
  ["a soft burst", () => parseBurstLimits("5/1second soft"), "always hard"],
  ["a burst of hours", () => parseBurstLimits("5/1hour"), "20/1second"],
  ["a quota of hours", () => parseQuotas("5/1hour"), "1000/1day"],
  ["a quota of two months", () => parseQuotas("5/2months"), "1000/1day"],
])("%s is refused with what to do", (_what, parse, words) => {
  expect(parse).toThrow(words);
});

test("bursts and quotas read back as they were typed", () => {
  expect(parseBurstLimits("20/1second, 100/1minute")).toEqual([
    { limit: 20, windowSeconds: 1 },
    { limit: 100, windowSeconds: 60 },
  ]);
  const quotas = parseQuotas("20000/1month, 1000/day soft");
  expect(quotas).toEqual([
    { limit: 20_000, unit: "month" },
    { limit: 1_000, unit: "day", hard: false },
  ]);
  expect(printQuotas(quotas)).toBe("20000/1month, 1000/1day soft");
});
