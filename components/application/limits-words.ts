import { formatNumber, formatWindow } from "#lib/format.ts";

/** "100 calls per hour", "No limit". */
export const limitsWords = (limits: { limit: number; windowSeconds: number }[]): string =>
  limits.map((l) => `${formatNumber(l.limit)} calls ${formatWindow(l.windowSeconds)}`).join(", ") || "No limit";
