const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
  timeZoneName: "short",
});
const NUMBER = new Intl.NumberFormat("en-US");

/** "14 Mar 2026" in UTC, the same on server and browser. */
export const formatDate = (date: Date | string): string => DATE.format(new Date(date));

/** "14 Mar 2026, 14:30 UTC". */
export const formatMoment = (date: Date | string): string => MOMENT.format(new Date(date));

export const formatNumber = (value: number): string => NUMBER.format(value);

/** Bytes as "318 B", "2.1 kB", "4.0 MB" (decimal). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A client ID in a sentence: "7c1e…493a". */
export const shortClientId = (clientId: string): string => `${clientId.slice(0, 4)}…${clientId.slice(-4)}`;

/** Window names of rate limits; other lengths are said in seconds. */
const WINDOWS: [number, string][] = [
  [1, "second"],
  [60, "minute"],
  [3600, "hour"],
  [86400, "day"],
  [604800, "week"],
];

/** "per hour", "per 15 minutes". */
export function formatWindow(windowSeconds: number): string {
  for (const [seconds, name] of [...WINDOWS].reverse()) {
    if (windowSeconds % seconds === 0) {
      const count = windowSeconds / seconds;
      return count === 1 ? `per ${name}` : `per ${count} ${name}s`;
    }
  }
  return `per ${windowSeconds} seconds`;
}

/** "1 operation", "6 operations". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;

interface PlanLimit {
  limit: number;
  windowSeconds: number;
}

/** One limit of a plan, its number apart for pages that draw it larger: "100" and "calls per hour". */
export const limitParts = ({ limit, windowSeconds }: PlanLimit): { count: string; words: string } => ({
  count: formatNumber(limit),
  words: `${limit === 1 ? "call" : "calls"} ${formatWindow(windowSeconds)}`,
});

/** What a plan allows, all its limits: "100 calls per hour, 5 calls per second"; `none` when it has none. */
export const formatLimits = (limits: PlanLimit[], none = "No limit"): string =>
  limits
    .map(limitParts)
    .map(({ count, words }) => `${count} ${words}`)
    .join(", ") || none;

/** The same beside the plan's name: "100 per hour, 5 per second", "unlimited". */
export const formatLimitsShort = (limits: PlanLimit[]): string =>
  limits.map(({ limit, windowSeconds }) => `${formatNumber(limit)} ${formatWindow(windowSeconds)}`).join(", ") ||
  "unlimited";
