/** Length of a calendar window in seconds, or the calendar's month. */
export type WindowLength = number | "month";

const WEEK_SECONDS = 604_800;
/** 5 January 1970 was a Monday. */
const FIRST_MONDAY_SECONDS = 4 * 86_400;

/**
 * First millisecond of the window that holds `nowMs`. Windows follow the calendar (UTC), not the first call: minutes,
 * hours and days as the clock shows them, weeks from Monday, months from the first. Other lengths count from 1970.
 */
export function windowStartMs(length: WindowLength, nowMs: number): number {
  if (length === "month") {
    const now = new Date(nowMs);
    return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  }
  const firstMs = length % WEEK_SECONDS === 0 ? FIRST_MONDAY_SECONDS * 1000 : 0;
  const lengthMs = length * 1000;
  return Math.floor((nowMs - firstMs) / lengthMs) * lengthMs + firstMs;
}

/** First millisecond after a window that starts at `startMs`. */
export function windowEndMs(length: WindowLength, startMs: number): number {
  if (length !== "month") return startMs + length * 1000;
  const start = new Date(startMs);
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
