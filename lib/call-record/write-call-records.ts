import pg from "pg";
import { invariant } from "#lib/invariant.ts";
import { log } from "#lib/log.ts";
import { PREFLIGHT } from "#lib/usage/usage.rules.ts";
import {
  addMeasures,
  columnList,
  hourKey,
  hourOf,
  measureList,
  measuresOf,
  partsOf,
  refusedPart,
} from "#lib/usage/usage-sql.ts";

// Call records travel as rows of text, made once, at the end of a call (gateway/usage/call-rows.ts): in memory, in the
// spool on disk and to Postgres they are the same bytes. A row is its columns in the order below with a tab between two
// and a newline at the end; an empty column is null. Rows of the version before end after the seventeenth column.
//
// A row that begins with COUNTS is counts of calls that did not authenticate: its ID, the time in which it was made, and
// an array of `CallCount` in JSON. A version that does not know it refuses it alone.

/** First column of a row of counts. */
export const COUNTS = "+";

/** Minute (ISO), organization, catalog, API (null where none was found), reason, block, calls. */
export type CallCount = [
  minute: string,
  organizationId: string | null,
  catalogId: string | null,
  apiId: string | null,
  reason: string,
  block: string,
  calls: number,
];

const COUNT_KEY = `"minute", "organizationId", "catalogId", "apiId", "reason", "block"`;
const recordedHour = `"organizationId", ${hourOf} as "hour", "catalogId", "apiId"`;

/**
 * `time` and `requestId` are the key: a row that is sent again, because its acknowledgement was lost, is stored once. Usage
 * is rolled up from the rows that were really stored, in the same statement, so that it is exact whatever is sent twice or
 * comes late; a row of counts is added once by its ID. What gateways add to the same hour at the same time is locked in
 * the order of the key, so that no two of them wait for each other.
 */
const INSERT = `
  with line as materialized (
    select string_to_array(line, E'\\t', '') as f from string_to_table($1::text, E'\\n') as line where line <> ''
  ), record as materialized (
    select f[1]::timestamptz as "time", f[2]::uuid as "requestId",
      f[3]::uuid as "organizationId", f[4]::uuid as "catalogId", f[5]::uuid as "apiId", f[6] as "operationKey",
      f[7]::uuid as "applicationId", f[8]::uuid as "credentialId", f[9]::uuid as "subscriptionId",
      f[10] as "method", f[11]::smallint as "status", f[12] as "code", f[13] as "cause",
      f[14]::float8 / 1000 as "totalMs", f[15]::float8 / 1000 as "backendMs",
      f[16]::bigint as "requestBytes", f[17]::bigint as "responseBytes",
      coalesce(f[18], 'http') as "channel", f[19]::smallint as "secretAge", f[20]::boolean as "sampled"
    from line where f[1] is distinct from '${COUNTS}'
  ), told as materialized (
    select f[2]::uuid as "id", f[3]::timestamptz as "at", f[4]::jsonb as "counts" from line where f[1] = '${COUNTS}'
  ), written as (
    insert into "CallRecord" ("time", "requestId", "organizationId", "catalogId", "apiId", "operationKey",
      "applicationId", "credentialId", "subscriptionId", "method", "status", "code", "cause", "totalMs", "backendMs",
      "requestBytes", "responseBytes", "channel", "secretAge", "sampled")
    select * from record on conflict ("time", "requestId") do nothing
    returning "time", "organizationId", "catalogId", "apiId", "status", "code", "totalMs", "backendMs", "requestBytes",
      "responseBytes", "sampled"
  ), batch as (
    insert into "UsageBatch" select "id", "at" from told order by "id" on conflict do nothing returning "id"
  ), counted as materialized (
    select (c->>0)::timestamptz as "minute", (c->>1)::uuid as "organizationId", (c->>2)::uuid as "catalogId",
      (c->>3)::uuid as "apiId", c->>4 as "reason", c->>5 as "block", (c->>6)::bigint as "calls"
    from told join batch using ("id") cross join lateral jsonb_array_elements("counts") as c
  ), unauthenticated as (
    insert into "UnauthenticatedMinute" (${COUNT_KEY}, "calls")
    select ${COUNT_KEY}, sum("calls") from counted group by ${COUNT_KEY} order by ${COUNT_KEY}
    on conflict (${COUNT_KEY}) do update set "calls" = "UnauthenticatedMinute"."calls" + excluded."calls"
  ), part as (
    ${partsOf(recordedHour, hourKey, `written where "apiId" is not null and "sampled" is not true`)}
    union all
    ${refusedPart(`"organizationId", date_bin('1 hour', "minute", timestamptz '2000-01-01 00:00:00+00'), "catalogId", "apiId"`, '"calls"', `counted where "apiId" is not null and "reason" <> '${PREFLIGHT}'`)}
  ), hour as (
    insert into "UsageHour" (${columnList(hourKey)}, ${measureList})
    select ${columnList(hourKey)}, ${measuresOf} from part group by ${columnList(hourKey)} order by ${columnList(hourKey)}
    on conflict (${columnList(hourKey)}) do update set ${addMeasures("UsageHour")}
  ), dirty as (
    insert into "UsageDirty"
    select ("time" at time zone 'UTC')::date from written union select ("minute" at time zone 'UTC')::date from counted
  )
  select case when "subscriptionId" is not null then "credentialId" end as id, max("time") as at, count(*)::int as rows
  from record group by 1`;

/** What became of the rows of one batch. */
export interface WrittenCallRecords {
  /** Rows that Postgres acknowledged, those that it had before among them. */
  written: number;
  /** Rows that cannot be stored: damaged on disk, of a day that is kept no more or has not come. */
  refused: number;
  /** When credentials were last used by calls of a subscription. */
  uses: { id: string; at: Date }[];
}

/** One connection beside Prisma's, which would write the text to JSON and read it back. */
let pool: pg.Pool | undefined;

function connections(): pg.Pool {
  if (pool) return pool;
  const connectionString = process.env.DATABASE_URL;
  invariant(connectionString, "DATABASE_URL is set before calls are recorded");
  pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 5_000, query_timeout: 20_000 });
  // A connection that the server cuts, idle or not: whoever waits for an answer on it is told, and the next batch makes
  // a new one. An error event that nobody listens to would end the process.
  pool.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** Closes the connection of `writeCallRecords`. */
export async function closeCallRecords(): Promise<void> {
  const open = pool;
  pool = undefined;
  await open?.end();
}

/**
 * Stores rows, each once however often it is sent. A row that cannot be stored is left out and counted, and keeps no
 * other from being stored. Throws when Postgres does not answer; then any of the rows may be stored, or none.
 */
export async function writeCallRecords(rows: Buffer, daysKept: number): Promise<WrittenCallRecords> {
  const result: WrittenCallRecords = { written: 0, refused: 0, uses: [] };
  const client = await connections().connect();
  let failed = true;
  try {
    if (!(await insert(client, rows, result))) {
      const kept = await keepDays(client, rows.toString("utf8").split("\n"), daysKept, result);
      await insertApart(client, kept, result);
    }
    failed = false;
  } finally {
    client.release(failed);
  }
  return result;
}

/** False when a row is at fault: classes 22 (data exception) and 23 (a constraint, also "no partition for this row"). */
async function insert(client: pg.PoolClient, rows: Buffer, result: WrittenCallRecords): Promise<boolean> {
  try {
    // Bytes travel as they are; a string would be encoded once more.
    const answer = await client.query<{ id: string | null; at: Date; rows: number }>({
      name: "records",
      text: INSERT,
      values: [rows],
    });
    for (const group of answer.rows) {
      result.written += group.rows;
      if (group.id) result.uses.push({ id: group.id, at: group.at });
    }
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (/^2[23]/.test(code)) return false;
    throw error;
  }
}

const DAY = /^\d{4}-\d\d-\d\dT/;

/** The rows whose day has a partition or gets one now; the others are counted as refused. */
async function keepDays(client: pg.PoolClient, lines: string[], daysKept: number, result: WrittenCallRecords) {
  const admitted = new Map<string, boolean>();
  const kept: string[] = [];
  for (const line of lines) {
    if (line === "") continue;
    if (line.startsWith(`${COUNTS}\t`)) {
      kept.push(line);
      continue;
    }
    const day = DAY.test(line) ? line.slice(0, 10) : "";
    let admit = admitted.get(day);
    if (admit === undefined) {
      admit = day !== "" && (await admitDay(client, day, daysKept));
      admitted.set(day, admit);
    }
    if (admit) kept.push(line);
    else result.refused += 1;
  }
  for (const [day, admit] of admitted) if (!admit) log.warn({ day }, "call records of a day that is not kept");
  return kept;
}

async function admitDay(client: pg.PoolClient, day: string, daysKept: number): Promise<boolean> {
  try {
    const answer = await client.query<{ admitted: boolean }>(
      "select admit_call_record_day($1::date, $2::int) as admitted",
      [day, daysKept],
    );
    return answer.rows[0]?.admitted === true;
  } catch (error) {
    // 2026-99-99: damaged on disk.
    if (error instanceof Error && "code" in error && error.code === "22008") return false;
    throw error;
  }
}

/** Stores what can be stored, by halving until the row at fault is alone. */
async function insertApart(client: pg.PoolClient, lines: string[], result: WrittenCallRecords): Promise<void> {
  if (lines.length === 0 || (await insert(client, Buffer.from(`${lines.join("\n")}\n`), result))) return;
  if (lines.length === 1) {
    result.refused += 1;
    log.warn({ requestId: lines[0]?.split("\t")[1]?.slice(0, 36) }, "a call record cannot be stored");
    return;
  }
  const half = lines.length >> 1;
  await insertApart(client, lines.slice(0, half), result);
  await insertApart(client, lines.slice(half), result);
}
