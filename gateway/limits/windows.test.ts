import { expect, test } from "vitest";
import { type WindowLength, windowEndMs, windowStartMs } from "./windows.ts";

const at = (text: string): number => Date.parse(text);
const span = (length: WindowLength, text: string): string[] => {
  const start = windowStartMs(length, at(text));
  return [start, windowEndMs(length, start)].map((ms) => new Date(ms).toISOString());
};

test.each<[string, WindowLength, string, string, string]>([
  ["a minute", 60, "2026-03-14T12:34:56.789Z", "2026-03-14T12:34:00.000Z", "2026-03-14T12:35:00.000Z"],
  ["an hour", 3_600, "2026-03-14T12:34:56.789Z", "2026-03-14T12:00:00.000Z", "2026-03-14T13:00:00.000Z"],
  ["a day", 86_400, "2026-03-14T12:34:56.789Z", "2026-03-14T00:00:00.000Z", "2026-03-15T00:00:00.000Z"],
  [
    "a week, which begins on Monday",
    604_800,
    "2026-03-15T23:59:59.999Z",
    "2026-03-09T00:00:00.000Z",
    "2026-03-16T00:00:00.000Z",
  ],
  ["a month", "month", "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  [
    "February of a leap year",
    "month",
    "2028-02-29T00:00:00.000Z",
    "2028-02-01T00:00:00.000Z",
    "2028-03-01T00:00:00.000Z",
  ],
])("%s follows the calendar (UTC)", (_what, length, now, start, end) => {
  expect(span(length, now)).toEqual([start, end]);
});

test.each<WindowLength>([1, 7, 60, 900, 3_600, 86_400, 604_800, 1_209_600, "month"])(
  "windows of %s follow one another without a gap, to the millisecond",
  (length) => {
    let start = windowStartMs(length, at("2026-01-31T22:59:59Z"));
    for (let i = 0; i < 30; i += 1) {
      const end = windowEndMs(length, start);
      expect([windowStartMs(length, start), windowStartMs(length, end - 1)]).toEqual([start, start]);
      expect(windowStartMs(length, end)).toBe(end);
      start = end;
    }
  },
);
