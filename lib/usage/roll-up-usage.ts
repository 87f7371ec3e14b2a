import type pg from "pg";
import { ADVISORY_LOCKS } from "#lib/db/advisory-locks.ts";
import { workAlone } from "#lib/db/work-alone.ts";
import { measures, PREFLIGHT } from "./usage.rules.ts";
import {
  addMeasures,
  columnList,
  hourKey,
  hourOf,
  measureList,
  measuresOf,
  partsOf,
  refusedPart,
  replaceMeasures,
  sumOfMeasures,
} from "./usage-sql.ts";

/** However many gateways there are, the job runs about once an hour. */
const EVERY_MINUTES = 50;
/** Hours are kept for so long; days and months for ever. */
const HOURS_DAYS_KEPT = 400;

export interface RolledUp {
  /** Days that were made anew, e.g. "2026-11-29". */
  days: string[];
  /** Hours of an API that did not say what its records say: those of a version that counted none, above all. */
  corrected: number;
}

/** All but times, whose sums differ with the order of what is added. */
const counts = measures.filter((name) => name !== "totalMs" && name !== "backendMs");
const DAY_START = `$1::date::timestamp at time zone 'UTC'`;
const DAY_END = `($1::date + 1)::timestamp at time zone 'UTC'`;
const partKeys = ["hour", "organizationId", "catalogId", "apiId", "applicationId", "operationKey"] as const;
const partColumns = `${hourOf} as "hour", "organizationId", "catalogId", "apiId", "applicationId",
  coalesce("operationKey", '') as "operationKey"`;

/**
 * Makes the tiers of usage: days by API, by application and by operation, months by application, from the hours that the
 * gateways wrote and from the records. Of the days that gateways marked, and of today and yesterday. Undefined when
 * another process does it just now or did it within the hour.
 *
 * It also holds the hours against their records, and adds what is missing: both are read in one state of the database,
 * in which each gateway's statement is whole or not there, and the difference is added, not put in the place of the sum.
 * So gateways go on adding meanwhile, and what an older version stored without counting it is counted. Whatever a
 * gateway waits for (a row of the hours) is locked for one short statement.
 *
 * `daysKept`: of call records. `all`: every day that has records, now, after whoever does it just now.
 */
export function rollUpUsage(
  daysKept: number,
  { all = false, signal }: { all?: boolean; signal?: AbortSignal } = {},
): Promise<RolledUp | undefined> {
  return workAlone(
    ADVISORY_LOCKS.usageRollUp,
    async (client) => {
      if (!all && (await ranLately(client))) return undefined;
      const days = await dueDays(client, all);
      let corrected = 0;
      for (const day of days) corrected += await rollUpDay(client, day);
      for (const month of new Set(days.map((day) => `${day.slice(0, 7)}-01`))) await rollUpMonth(client, month);
      await client.query(`delete from "UsageDue" where "day" = any($1::date[])`, [days]);
      await prune(client, daysKept);
      await client.query(
        `insert into "UsageRun" values (1, now()) on conflict ("id") do update set "endedAt" = excluded."endedAt"`,
      );
      return { days, corrected };
    },
    { waits: all, signal },
  );
}

async function ranLately(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `select from "UsageRun" where "endedAt" between now() - $1::int * interval '1 minute' and now()`,
    [EVERY_MINUTES],
  );
  return rows.length > 0;
}

/** Takes the marks, and keeps the days until they are made: a death in between forgets none. */
async function dueDays(client: pg.Client, all: boolean): Promise<string[]> {
  await client.query(`with taken as (delete from "UsageDirty" returning "day")
    insert into "UsageDue" select distinct "day" from taken on conflict do nothing`);
  // An older gateway leaves no marks; what it writes is of today, or came late from yesterday.
  await client.query(`insert into "UsageDue"
    select (now() at time zone 'UTC')::date - n from generate_series(0, 1) as n on conflict do nothing`);
  if (all) {
    await client.query(`insert into "UsageDue"
      select to_date(right(child.relname, 8), 'YYYYMMDD') from pg_inherits join pg_class child on child.oid = inhrelid
        where inhparent = '"CallRecord"'::regclass and child.relname ~ '^CallRecord_\\d{8}$'
      union select ("hour" at time zone 'UTC')::date from "UsageHour" on conflict do nothing`);
  }
  const { rows } = await client.query<{ day: string }>(`select "day"::text as day from "UsageDue" order by 1`);
  return rows.map(({ day }) => day);
}

/** Hours that were corrected. */
async function rollUpDay(client: pg.Client, day: string): Promise<number> {
  const hasRecords = await readDay(client, day);
  const corrected = hasRecords ? await correctHours(client) : 0;
  const hours = `select "organizationId", $1::date as "day", "catalogId", "apiId", ${sumOfMeasures}
    from "UsageHour" where "hour" >= ${DAY_START} and "hour" < ${DAY_END} group by 1, 3, 4`;
  const known = await client.query(
    `select from "UsageHour" where "hour" >= ${DAY_START} and "hour" < ${DAY_END} limit 1`,
    [day],
  );
  // Days outlive their hours.
  if (known.rows.length > 0) {
    await replace(client, "UsageDay", ["organizationId", "day", "catalogId", "apiId"], `"day" = $1::date`, hours, day);
  }
  if (!hasRecords) return 0;
  const of = (keys: readonly string[], condition: string) => `
    select ${keys.map((key) => (key === "day" ? `$1::date as "day"` : `"${key}"`)).join(", ")}, ${measuresOf}
    from usage_part where ${condition} group by ${columnList(keys.filter((key) => key !== "day"))}`;
  const application = ["organizationId", "day", "applicationId", "catalogId", "apiId"];
  const applications = of(application, `"applicationId" is not null`);
  await replace(client, "UsageApplicationDay", application, `"day" = $1::date`, applications, day);
  const operation = ["organizationId", "apiId", "day", "catalogId", "operationKey"];
  const operations = of(operation, `"operationKey" is not null`);
  await replace(client, "UsageOperationDay", operation, `"day" = $1::date`, operations, day);
  return corrected;
}

/**
 * Reads a day's records and what the hours say of it, in one state of the database, into tables of this connection. False
 * for a day without records: they were dropped, and what was made of them stays. Whoever drops a partition waits for
 * its readers or gives up, so that it is whole or not there at all.
 */
async function readDay(client: pg.Client, day: string): Promise<boolean> {
  const partition = `"CallRecord_${day.replaceAll("-", "")}"`;
  await client.query("drop table if exists pg_temp.usage_part, pg_temp.usage_stored");
  await client.query("begin isolation level repeatable read");
  try {
    const { rows } = await client.query("select to_regclass($1) is not null as there", [partition]);
    if (!rows[0]?.there) return false;
    const bounds = {
      start: `'${day}'::date::timestamp at time zone 'UTC'`,
      end: `('${day}'::date + 1)::timestamp at time zone 'UTC'`,
    };
    await client.query(`create temp table usage_part as
      ${partsOf(partColumns, partKeys, `${partition} where "apiId" is not null and "sampled" is not true`)}
      union all
      ${refusedPart(
        `date_bin('1 hour', "minute", timestamptz '2000-01-01 00:00:00+00'), "organizationId", "catalogId", "apiId", null, null`,
        `"calls"`,
        `"UnauthenticatedMinute" where "minute" >= ${bounds.start} and "minute" < ${bounds.end}
          and "apiId" is not null and "reason" <> '${PREFLIGHT}'`,
      )}`);
    await client.query(`create temp table usage_stored as
      select * from "UsageHour" where "hour" >= ${bounds.start} and "hour" < ${bounds.end}`);
    await client.query("commit");
    return true;
  } finally {
    await client.query("rollback");
  }
}

async function correctHours(client: pg.Client): Promise<number> {
  const difference = measures
    .map((name) => `coalesce(truth."${name}", 0) - coalesce(stored."${name}", 0) as "${name}"`)
    .join(", ");
  const differs = counts.map((name) => `coalesce(truth."${name}", 0) <> coalesce(stored."${name}", 0)`).join(" or ");
  const { rowCount } = await client.query(`
    with truth as (select ${columnList(hourKey)}, ${measuresOf} from usage_part group by ${columnList(hourKey)})
    insert into "UsageHour" (${columnList(hourKey)}, ${measureList})
    select ${columnList(hourKey)}, ${difference}
    from truth full join usage_stored as stored using (${columnList(hourKey)})
    where ${differs} order by ${columnList(hourKey)}
    on conflict (${columnList(hourKey)}) do update set ${addMeasures("UsageHour")}`);
  return rowCount ?? 0;
}

async function rollUpMonth(client: pg.Client, month: string): Promise<void> {
  const keys = ["organizationId", "month", "applicationId", "catalogId", "apiId"];
  const days = `select "organizationId", $1::date as "month", "applicationId", "catalogId", "apiId", ${sumOfMeasures}
    from "UsageApplicationDay" where "day" >= $1::date and "day" < $1::date + interval '1 month' group by 1, 3, 4, 5`;
  await replace(client, "UsageApplicationMonth", keys, `"month" = $1::date`, days, month);
}

/** Puts rows in the place of those of a day or month ($1), and writes only what is different. */
async function replace(
  client: pg.Client,
  table: string,
  keys: readonly string[],
  scope: string,
  rows: string,
  of: string,
): Promise<void> {
  const same = keys.map((key) => `fresh."${key}" = "${table}"."${key}"`).join(" and ");
  const [was, is] = [`"${table}"`, "excluded"].map((from) => counts.map((name) => `${from}."${name}"`).join(", "));
  await client.query(
    `with fresh as materialized (${rows}), gone as (
      delete from "${table}" where ${scope} and not exists (select from fresh where ${same})
    )
    insert into "${table}" (${columnList(keys)}, ${measureList}) select ${columnList(keys)}, ${measureList} from fresh
    on conflict (${columnList(keys)}) do update set ${replaceMeasures} where (${was}) is distinct from (${is})`,
    [of],
  );
}

/** What no record can add to any more. Counts outlive the records of their day, or its hours would be wrong. */
async function prune(client: pg.Client, daysKept: number): Promise<void> {
  const past = `(date_trunc('day', now() at time zone 'UTC') - $1::int * interval '1 day') at time zone 'UTC'`;
  await client.query(`delete from "UnauthenticatedMinute" where "minute" < ${past}`, [daysKept + 2]);
  await client.query(`delete from "UsageBatch" where "at" < ${past}`, [daysKept + 2]);
  await client.query(`delete from "UsageHour" where "hour" < ${past}`, [Math.max(HOURS_DAYS_KEPT, daysKept + 2)]);
}
