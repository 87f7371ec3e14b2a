/**
 * Upper bounds in milliseconds of the histogram's buckets, exclusive: preferred numbers, five in each power of ten (ISO 3,
 * R5), so that a percentile is off by a quarter at most. The last bucket has no bound. They never change: histograms of
 * all times are added, and percentiles of percentiles would be wrong.
 */
export const bucketBoundsMs = [
  1, 1.6, 2.5, 4, 6.3, 10, 16, 25, 40, 63, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000,
  25_000,
] as const;

/** Columns of the histogram: b00 … b23. */
export const bucketColumns = Array.from(
  { length: bucketBoundsMs.length + 1 },
  (_, i) => `b${String(i).padStart(2, "0")}`,
);

/** What became of calls; together they are all calls. A refusal is the gateway's own answer. */
export const outcomes = ["ok", "clientError", "refusedByLimit", "refused", "serverError"] as const;

/** Columns of every table of usage, beside its key. */
export const measures: readonly string[] = [
  ...outcomes,
  ...["totalMs", "backendMs", "requestBytes", "responseBytes"],
  ...bucketColumns,
];

/** By what a call came; "mcp" is to follow. */
export const channels = ["http", "explore", "test"] as const;
export type Channel = (typeof channels)[number];

/** Calls that a browser asks about beforehand: counted, and no usage. */
export const PREFLIGHT = "preflight";
