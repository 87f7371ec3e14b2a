import { ADVISORY_LOCKS } from "#lib/db/advisory-locks.ts";
import { db } from "#lib/db/client.ts";
import { workAlone } from "#lib/db/work-alone.ts";

/** Makes the daily partitions from yesterday to two days ahead. */
export async function ensureCallRecordPartitions(): Promise<void> {
  await db().$executeRaw`select ensure_call_record_partitions(2)`;
}

/**
 * Drops the days that are older than `daysKept`, and the oldest (never yesterday's or today's) while all of them together
 * are larger than `bytesMax`; their names. One gateway of many does it at a time. Throws when somebody reads the table for
 * long just then: the next try is in an hour.
 */
export async function dropExpiredCallRecords(daysKept: number, bytesMax: number | null = null): Promise<string[]> {
  const dropped: string[] = [];
  for (;;) {
    const rows = await db().$queryRaw<{ name: string | null }[]>`
      select drop_call_record_partition(${daysKept}::int, ${bytesMax}::bigint) as name`;
    const name = rows[0]?.name;
    if (!name) return dropped;
    dropped.push(name);
  }
}

/** False when somebody used the table for longer than we wait. */
const unlessInUse = (statement: Promise<unknown>): Promise<boolean> =>
  statement.then(
    () => true,
    (error) => {
      if (error instanceof Error && "code" in error && error.code === "55P03") return false;
      throw error;
    },
  );

/**
 * Gives the partitions of before the index "CallRecord_api" theirs, youngest first, one at a time and beside the writers;
 * the partitions that got one. One gateway of many does it. A partition that somebody is in the way of stays for the next
 * time, and one that was left half done is done again. The index on request IDs goes when nothing needs it any more.
 */
export async function indexCallRecordPartitions(signal?: AbortSignal): Promise<string[]> {
  const done = await workAlone(
    ADVISORY_LOCKS.callRecordIndexes,
    async (client) => {
      const { rows } = await client.query<{ name: string }>(`
        select child.relname as name from pg_inherits join pg_class child on child.oid = inhrelid
        where inhparent = '"CallRecord"'::regclass and not exists (
          select from pg_index join pg_inherits attached on attached.inhrelid = indexrelid
          where indrelid = child.oid and attached.inhparent = '"CallRecord_api"'::regclass)
        order by 1 desc`);
      const made: string[] = [];
      for (const { name } of rows) {
        const index = client.escapeIdentifier(`${name}_api`);
        await client.query("set lock_timeout = 0");
        const whole = await client.query("select from pg_index where indexrelid = to_regclass($1) and indisvalid", [
          index,
        ]);
        if (whole.rows.length === 0) {
          await client.query(`drop index concurrently if exists ${index}`);
          await client.query(
            `create index concurrently ${index} on ${client.escapeIdentifier(name)} ("apiId", "time")`,
          );
        }
        // It takes the index from its writers for a moment, for which none may wait long.
        await client.query("set lock_timeout = '200ms'");
        if (await unlessInUse(client.query(`alter index "CallRecord_api" attach partition ${index}`))) made.push(name);
      }
      await unlessInUse(client.query("select drop_call_record_request_index()"));
      return made;
    },
    { signal },
  );
  return done ?? [];
}
