import { db } from "#lib/db/client.ts";

/** Makes the daily partitions from yesterday to two days ahead. */
export async function ensureCallRecordPartitions(): Promise<void> {
  await db().$executeRaw`select ensure_call_record_partitions(2)`;
}

/**
 * Drops the days that are older than `daysKept`; their names. One gateway of many does it at a time. Throws when
 * somebody reads the table for long just then: the next try is in an hour.
 */
export async function dropExpiredCallRecords(daysKept: number): Promise<string[]> {
  const dropped: string[] = [];
  for (;;) {
    const rows = await db().$queryRaw<{ name: string | null }[]>`
      select drop_expired_call_record_partition(${daysKept}::int) as name`;
    const name = rows[0]?.name;
    if (!name) return dropped;
    dropped.push(name);
  }
}
