import { bucketBoundsMs, bucketColumns, measures, outcomes } from "./usage.rules.ts";

// Pieces of statements that the writer of call records and the roll-up job share, so that both count alike. Nothing in
// them comes from outside.

const quoted = (name: string): string => `"${name}"`;
const at = (outcome: (typeof outcomes)[number]): number => outcomes.indexOf(outcome);

export const columnList = (names: readonly string[]): string => names.map(quoted).join(", ");
export const measureList = columnList(measures);

/** Number of a record's outcome. An error that an API's own policy throws is the API's answer, not our refusal. */
const outcomeOf = `case
    when "code" is null or "code" = 'POLICY_FAILED' then
      case when "status" < 400 then ${at("ok")} when "status" < 500 then ${at("clientError")} else ${at("serverError")} end
    when "status" >= 500 then ${at("serverError")}
    when "code" in ('RATE_LIMIT_EXCEEDED', 'QUOTA_EXCEEDED', 'BURST_LIMIT_EXCEEDED') then ${at("refusedByLimit")}
    else ${at("refused")} end`;

/** Rows of records, each with its outcome and bucket; the bucket is null where the gateway refused. */
const measured = (keys: string, from: string): string => `
  select ${keys}, "outcome", "ms", "backendMs", "requestBytes", "responseBytes",
    case when "outcome" in (${at("ok")}, ${at("clientError")}, ${at("serverError")})
      then width_bucket("ms", '{${bucketBoundsMs.join(",")}}'::float8[]) end as "bucket"
  from (select ${keys}, "totalMs"::float8 as "ms", "backendMs"::float8 as "backendMs", "requestBytes", "responseBytes", ${outcomeOf} as "outcome"
    from ${from}) as outcome`;

/**
 * Records (of `from`, with the columns that `keys` make) grouped by key, outcome and bucket: few rows, which `measuresOf`
 * turns into columns. Two steps, because 29 filters for each record would cost ten times as much.
 */
export const partsOf = (keys: string, names: readonly string[], from: string): string => `
  select ${columnList(names)}, "outcome", "bucket", count(*) as "calls",
    case when "bucket" is not null then sum("ms") else 0 end as "ms", coalesce(sum("backendMs"), 0) as "backendMs",
    sum("requestBytes") as "requestBytes", sum("responseBytes") as "responseBytes"
  from (${measured(columnList(names), `(select ${keys}, "status", "code", "totalMs", "backendMs", "requestBytes", "responseBytes" from ${from}) as keyed`)}) as measured
  group by ${columnList(names)}, "outcome", "bucket"`;

/** One part for calls that were only counted. */
export const refusedPart = (keys: string, calls: string, from: string): string => `
  select ${keys}, ${at("refused")}, null::int, ${calls}, 0, 0, 0, 0 from ${from}`;

/** The measures of parts, in their order, under their names. */
export const measuresOf = [
  ...outcomes.map((_, i) => `coalesce(sum("calls") filter (where "outcome" = ${i}), 0)`),
  ...[`coalesce(sum("ms"), 0)`, `coalesce(sum("backendMs"), 0)`],
  ...[`coalesce(sum("requestBytes"), 0)`, `coalesce(sum("responseBytes"), 0)`],
  ...bucketColumns.map((_, i) => `coalesce(sum("calls") filter (where "bucket" = ${i}), 0)`),
]
  .map((sum, i) => `${sum} as "${measures[i]}"`)
  .join(", ");

/** Sums of the measures of rows that have them. */
export const sumOfMeasures = measures.map((name) => `sum(${quoted(name)}) as ${quoted(name)}`).join(", ");

/** For `on conflict do update`: adds to what is there. */
export const addMeasures = (table: string): string =>
  measures.map((name) => `${quoted(name)} = ${quoted(table)}.${quoted(name)} + excluded.${quoted(name)}`).join(", ");

/** For `on conflict do update`: takes the place of what is there. */
export const replaceMeasures = measures.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(", ");

export const hourOf = `date_bin('1 hour', "time", timestamptz '2000-01-01 00:00:00+00')`;
export const hourKey = ["organizationId", "hour", "catalogId", "apiId"] as const;
