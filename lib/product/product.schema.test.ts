import { expect, test } from "vitest";
import { parseRateLimit, planInput, printRateLimit } from "./product.schema.ts";

test.each([
  ["100/1hour", 100, 3600],
  ["100/hour", 100, 3600],
  ["5 / 10 minutes", 5, 600],
  ["1000000/1day", 1_000_000, 86_400],
  ["2/1SECOND", 2, 1],
])("%s reads as %i calls in %i seconds", (text, limit, windowSeconds) => {
  expect(parseRateLimit(text)).toEqual({ limit, windowSeconds });
});

test.each(["", "100", "0/1hour", "100/0hour", "-1/1hour", "1e3/1hour", "100/1fortnight", "100/1hour; drop"])(
  "%j is no rate limit",
  (text) => expect(parseRateLimit(text)).toBeNull(),
);

test("what is printed reads back as the same", () => {
  for (const limit of [
    { limit: 100, windowSeconds: 3600 },
    { limit: 7, windowSeconds: 90 },
    { limit: 1, windowSeconds: 172_800 },
  ]) {
    expect(parseRateLimit(printRateLimit(limit))).toEqual(limit);
  }
});

test("an empty rate limit is none, a wrong one is refused with an example", () => {
  const plan = { title: "Gold", requiresApproval: false };
  expect(planInput.parse({ ...plan, rateLimit: "" }).rateLimit).toEqual([]);
  const wrong = planInput.safeParse({ ...plan, rateLimit: "lots" });
  expect(wrong.error?.issues[0]).toMatchObject({ path: ["rateLimit"], message: expect.stringContaining("100/1hour") });
});
