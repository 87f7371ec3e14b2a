import { expect, test } from "vitest";
import { RestartPause } from "./restart-pause.ts";

const patience = { firstMs: 250, longestMs: 30_000 };

test("the pause doubles with each death within a minute, up to the longest, and never ends (F6)", () => {
  const pause = new RestartPause(patience);
  const pauses = Array.from({ length: 20 }, (_, at) => pause.next(at * 1_000));
  expect(pauses.slice(0, 9)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(Math.max(...pauses)).toBe(30_000);
});

test("deaths more than a minute ago do not count, however many there were (F6)", () => {
  const pause = new RestartPause(patience);
  for (let death = 0; death < 50; death += 1) expect(pause.next(death * 61_000)).toBe(250);
});
