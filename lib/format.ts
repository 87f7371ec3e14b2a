import type { LimitSet, PlanLimits, Quota } from "#lib/product/plan.rules.ts";

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

/** A month is a month of the calendar, whatever its length. */
const formatQuotaWindow = ({ unit }: Quota): string => `per ${unit}`;

interface LimitWords {
  limit: number;
  /** "per hour", "per month". */
  per: string;
  /** "", " in a burst", " (soft)". */
  note: string;
}

const softNote = (limit: { hard?: false }): string => (limit.hard === false ? " (soft)" : "");

function wordsOf({ rateLimits, burstLimits, quotas }: LimitSet): LimitWords[] {
  return [
    ...rateLimits.map((rate) => ({ limit: rate.limit, per: formatWindow(rate.windowSeconds), note: softNote(rate) })),
    ...burstLimits.map((burst) => ({
      limit: burst.limit,
      per: formatWindow(burst.windowSeconds),
      note: " in a burst",
    })),
    ...quotas.map((quota) => ({ limit: quota.limit, per: formatQuotaWindow(quota), note: softNote(quota) })),
  ];
}

/** The limits of a plan one by one, the number apart for pages that draw it larger: "100" and "calls per hour". */
export const limitParts = (limits: LimitSet): { count: string; words: string }[] =>
  wordsOf(limits).map(({ limit, per, note }) => ({
    count: formatNumber(limit),
    words: `${limit === 1 ? "call" : "calls"} ${per}${note}`,
  }));

const listed = (limits: LimitSet): string =>
  limitParts(limits)
    .map(({ count, words }) => `${count} ${words}`)
    .join(", ");

/** What holds for single operations: "GET /current: 5 calls per minute". */
export const operationParts = ({ operationLimits }: Pick<PlanLimits, "operationLimits">): string[] =>
  operationLimits.map((entry) => `${entry.operation}: ${listed(entry)}`);

/** What a plan allows, all its limits: "100 calls per hour, 5 calls per second in a burst"; `none` when it has none. */
export const formatLimits = (plan: PlanLimits, none = "No limit"): string =>
  [listed(plan) || none, ...operationParts(plan)].join("; ");

/** The same beside the plan's name: "100 per hour, 5 per second", "unlimited". */
export function formatLimitsShort(plan: PlanLimits): string {
  const words = wordsOf(plan).map(({ limit, per }) => `${formatNumber(limit)} ${per}`);
  if (plan.operationLimits.length > 0) words.push(`own limits of ${plural(plan.operationLimits.length, "operation")}`);
  return words.join(", ") || "unlimited";
}
