/** At most `limit` calls in each window of `windowSeconds`, counted per subscription over all credentials. */
export interface RateLimit {
  limit: number;
  windowSeconds: number;
  /** Absent: hard. A soft limit refuses nothing: calls over it are noted. */
  hard?: false;
}

/** At most `limit` calls in each second, minute or the like; always hard (X10). */
export interface BurstLimit {
  limit: number;
  windowSeconds: number;
}

/** At most `limit` calls in each day or month of the calendar (UTC). */
export interface Quota {
  limit: number;
  unit: "day" | "month";
  hard?: false;
}

/** An empty list is no limit of that kind. */
export interface LimitSet {
  rateLimits: RateLimit[];
  burstLimits: BurstLimit[];
  quotas: Quota[];
}

/** What one operation sets holds for it in place of the plan's of that kind; what it leaves open it shares with the plan. */
export interface OperationLimits extends LimitSet {
  /** ApiDefinition.id */
  apiId: string;
  /** Method and path below the base path: "GET /current". */
  operation: string;
}

export interface PlanLimits extends LimitSet {
  operationLimits: OperationLimits[];
}

/** Window lengths that a plan may count in, by the word that a person types: "100/1hour". */
export const windowUnits = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 } as const;
type WindowUnit = keyof typeof windowUnits;

/** Limits of one kind in a plan. */
export const LIMITS_MAX = 5;
const WINDOW_SECONDS_MAX = { rate: 366 * 86_400, burst: 3_600 };
const LIMIT = /^([1-9]\d{0,8})\s*\/\s*([1-9]\d{0,2})?\s*(second|minute|hour|day|week|month)s?(\s+soft)?$/i;

/** What a person is told of a text that does not read as limits. */
export class LimitTextError extends Error {}

interface Typed {
  limit: number;
  count: number;
  unit: WindowUnit | "month";
  hard?: false;
}

/** "100/1hour, 10/1second soft" -> its parts. Throws LimitTextError with `form`. */
function readList(text: string, form: string): Typed[] {
  if (text.trim() === "") return [];
  const parts = text.split(",");
  if (parts.length > LIMITS_MAX) throw new LimitTextError(`At most ${LIMITS_MAX} limits of a kind`);
  const typed = parts.map((part) => {
    const match = LIMIT.exec(part.trim());
    if (!match?.[1] || !match[3]) throw new LimitTextError(form);
    const one: Typed = {
      limit: Number(match[1]),
      count: Number(match[2] ?? 1),
      unit: match[3].toLowerCase() as Typed["unit"],
    };
    return match[4] ? { ...one, hard: false as const } : one;
  });
  const windows = typed.map(({ count, unit, hard }) =>
    [unit === "month" ? "month" : count * windowUnits[unit], hard ?? true].join(" "),
  );
  if (new Set(windows).size < windows.length) {
    throw new LimitTextError("Two limits count the same time, keep the smaller one");
  }
  return typed;
}

const RATE_FORM = "Write calls per time like 100/1hour or 10/1second, or leave it empty for no limit";
const BURST_FORM = "Write calls per second or minute like 20/1second, or leave it empty for no limit";
const QUOTA_FORM = "Write calls per day or month like 1000/1day or 20000/1month, or leave it empty for no quota";

/** "100/1hour, 1000/1day soft" -> rate limits. Throws LimitTextError. */
export function parseRateLimits(text: string): RateLimit[] {
  return readList(text, RATE_FORM).map(({ limit, count, unit, hard }) => {
    if (unit === "month") throw new LimitTextError("A month is counted by a quota. Write days or weeks here");
    const windowSeconds = count * windowUnits[unit];
    if (windowSeconds > WINDOW_SECONDS_MAX.rate) throw new LimitTextError("A rate limit counts at most a year");
    return hard === false ? { limit, windowSeconds, hard } : { limit, windowSeconds };
  });
}

/** "20/1second" -> burst limits. Throws LimitTextError. */
export function parseBurstLimits(text: string): BurstLimit[] {
  return readList(text, BURST_FORM).map(({ limit, count, unit, hard }) => {
    if (hard === false) throw new LimitTextError("A burst limit is always hard. Leave out “soft”");
    if (unit !== "second" && unit !== "minute") throw new LimitTextError(BURST_FORM);
    const windowSeconds = count * windowUnits[unit];
    if (windowSeconds > WINDOW_SECONDS_MAX.burst) throw new LimitTextError("A burst limit counts at most an hour");
    return { limit, windowSeconds };
  });
}

/** "20000/1month, 1000/1day soft" -> quotas. Throws LimitTextError. */
export function parseQuotas(text: string): Quota[] {
  return readList(text, QUOTA_FORM).map(({ limit, count, unit, hard }) => {
    if ((unit !== "day" && unit !== "month") || count !== 1) throw new LimitTextError(QUOTA_FORM);
    return hard === false ? { limit, unit, hard } : { limit, unit };
  });
}

/** What a limit sets as a person types it: "100/1hour, 10/1second soft". Reads back as the same. */
export const printRateLimits = (limits: readonly RateLimit[]): string =>
  limits
    .map((one) => {
      const { limit, windowSeconds } = one;
      const [unit, seconds] = Object.entries(windowUnits)
        .reverse()
        .find(([, s]) => windowSeconds % s === 0) ?? ["second", 1];
      return `${limit}/${windowSeconds / seconds}${unit}${isSoft(one) ? " soft" : ""}`;
    })
    .join(", ");

export const printQuotas = (quotas: readonly Quota[]): string =>
  quotas.map((quota) => `${quota.limit}/1${quota.unit}${isSoft(quota) ? " soft" : ""}`).join(", ");

export const isSoft = (limit: { hard?: false }): boolean => limit.hard === false;
