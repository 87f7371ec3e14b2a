import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import {
  dropExpiredCallRecords,
  ensureCallRecordPartitions,
  indexCallRecordPartitions,
} from "./call-record-partitions.ts";
import { newRequestId } from "./request-id.ts";
import { closeCallRecords, writeCallRecords } from "./write-call-records.ts";

ownDatabase();
beforeAll(() => ensureCallRecordPartitions());
afterAll(() => closeCallRecords());

const DAYS_KEPT = 30;
const DAY_MS = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);
const partitionOf = (time: Date) => `CallRecord_${time.toISOString().slice(0, 10).replaceAll("-", "")}`;

function row(
  columns: { time?: Date | string; requestId?: string; status?: string; operationKey?: string } = {},
): string {
  const { time = new Date(), requestId = randomUUID(), status = "200", operationKey = "" } = columns;
  const at = time instanceof Date ? time.toISOString() : time;
  return `${[at, requestId, "", "", "", operationKey, "", "", "", "GET", status, "", "", "1234", "", "0", "2"].join("\t")}\n`;
}

const write = (rows: string | Buffer) => writeCallRecords(Buffer.from(rows as string), DAYS_KEPT);

async function isStored(requestId: string): Promise<boolean> {
  const rows = await db().$queryRaw<unknown[]>`select 1 from "CallRecord" where "requestId" = ${requestId}::uuid`;
  return rows.length === 1;
}

async function partitions(): Promise<string[]> {
  const rows = await db().$queryRaw<{ name: string }[]>`
    select relname as name from pg_inherits join pg_class on oid = inhrelid
    where inhparent = '"CallRecord"'::regclass and relkind = 'r' order by 1`;
  return rows.map(({ name }) => name);
}

test("rows that are sent again are stored once, also with others among them", async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  const rows = row({ requestId: first });
  expect(await write(rows)).toEqual({ written: 1, refused: 0, uses: [] });
  expect(await write(rows + row({ requestId: second }))).toEqual({ written: 2, refused: 0, uses: [] });
  const stored = await db()
    .$queryRaw`select "requestId" from "CallRecord" where "requestId" in (${first}::uuid, ${second}::uuid)`;
  expect(stored).toHaveLength(2);
});

test.each([
  ["a status that is no number", row({ status: "2OO" })],
  ["a status that does not fit", row({ status: "99999" })],
  ["an ID that is none", row({ requestId: "0d6f4f5e-0f4c" })],
  ["a line that lost its end", `${row().slice(0, 70)}\n`],
  ["a column too few of those that must be there", row().replace(/\t2\n$/, "\n")],
  ["zeros of a disk that lost power", `${"\0".repeat(40)}\n`],
  ["bytes that are no UTF-8", Buffer.from([0x47, 0xff, 0xfe, 0x0a])],
  ["a day that there is not", row({ time: "2026-99-99T00:00:00.000Z" })],
  ["a day that is kept no more", row({ time: daysFromNow(-DAYS_KEPT - 1) })],
  ["a day that is to come", row({ time: daysFromNow(3) })],
])("%s is refused alone: the rows around it are stored", async (_what, bad) => {
  const good = Array.from({ length: 9 }, () => randomUUID());
  const rows = good.map((requestId) => row({ requestId }));
  const around = [rows.slice(0, 4), rows.slice(4)].map((some) => Buffer.from(some.join("")));
  expect(
    await write(Buffer.concat([around[0] as Buffer, Buffer.from(bad as string), around[1] as Buffer])),
  ).toMatchObject({ written: 9, refused: 1 });
  for (const requestId of good) expect(await isStored(requestId)).toBe(true);
});

test("a day that is kept gets its partition when its records come late", async () => {
  const [time, requestId] = [daysFromNow(-DAYS_KEPT + 1), randomUUID()];
  expect(await partitions()).not.toContain(partitionOf(time));
  expect(await write(row({ time, requestId }))).toMatchObject({ written: 1, refused: 0 });
  expect(await isStored(requestId)).toBe(true);
  expect(await partitions()).toContain(partitionOf(time));
});

test("uses of credentials are told with the time of the last, only where a subscription let the call in", async () => {
  const [credential, other, subscription] = [randomUUID(), randomUUID(), randomUUID()];
  const used = (id: string, time: Date, subscribed: boolean) => {
    const columns = row({ time }).split("\t");
    columns[7] = id;
    columns[8] = subscribed ? subscription : "";
    return columns.join("\t");
  };
  const [early, late] = [new Date(Date.now() - 5_000), new Date()];
  const { uses } = await write(used(credential, late, true) + used(credential, early, true) + used(other, late, false));
  expect(uses).toEqual([{ id: credential, at: late }]);
});

test("partitions are made ahead, by several gateways at once, with the table's key and indexes", async () => {
  await Promise.all(Array.from({ length: 4 }, () => ensureCallRecordPartitions()));
  const names = await partitions();
  for (const days of [-1, 0, 1, 2]) expect(names).toContain(partitionOf(daysFromNow(days)));
  const indexes = await db().$queryRaw<{ n: number }[]>`
    select count(*)::int as n from pg_indexes where tablename = ${partitionOf(new Date())}`;
  expect(indexes[0]?.n).toBe(4);
});

test("days past their time are dropped, one gateway at a time, and no other day", async () => {
  const [past, kept] = [daysFromNow(-DAYS_KEPT - 1), daysFromNow(-DAYS_KEPT)];
  const ensure = (day: Date) => db().$executeRaw`select ensure_call_record_partition(${day}::date)`;
  await Promise.all([ensure(past), ensure(daysFromNow(-DAYS_KEPT - 5)), ensure(kept)]);
  const dropped = await Promise.all([dropExpiredCallRecords(DAYS_KEPT), dropExpiredCallRecords(DAYS_KEPT)]);
  await dropExpiredCallRecords(DAYS_KEPT);
  expect(dropped.flat().sort()).toEqual([partitionOf(daysFromNow(-DAYS_KEPT - 5)), partitionOf(past)]);
  const names = await partitions();
  expect(names).not.toContain(partitionOf(past));
  expect(names).toContain(partitionOf(kept));
  expect(await dropExpiredCallRecords(DAYS_KEPT)).toEqual([]);
});

test("a long reader does not let dropping stand in the way of records: it gives up, and the next try drops", async () => {
  const past = daysFromNow(-DAYS_KEPT - 2);
  await db().$executeRaw`select ensure_call_record_partition(${past}::date)`;
  const reader = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await reader.connect();
  await reader.query('begin; select count(*) from "CallRecord"');
  const dropping = dropExpiredCallRecords(DAYS_KEPT).catch((error: Error) => error.message);
  const requestId = randomUUID();
  expect(await write(row({ requestId }))).toMatchObject({ written: 1 });
  expect(await dropping).toMatch(/lock timeout/);
  await reader.query("commit");
  await reader.end();
  expect(await dropExpiredCallRecords(DAYS_KEPT)).toEqual([partitionOf(past)]);
});

test("the index on request IDs stays as long as records of the version before are kept, and goes then", async () => {
  const index = async () => {
    const rows = await db().$queryRaw<unknown[]>`select from pg_class where relname = 'CallRecord_request'`;
    return rows.length === 1;
  };
  // An installation that was upgraded today: its first migration is of last year.
  await db().$executeRaw`update "_prisma_migrations" set finished_at = now() - interval '1 year'
    where migration_name = '20261122000000_init'`;
  await indexCallRecordPartitions();
  expect(await index()).toBe(true);
  // Weeks later.
  await db().$executeRaw`update "_prisma_migrations" set finished_at = finished_at - interval '60 days'
    where migration_name = '20261129030100_usage'`;
  const reader = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await reader.connect();
  await reader.query('begin; select count(*) from "CallRecord"');
  await indexCallRecordPartitions();
  // Somebody reads for long: next time.
  expect(await index()).toBe(true);
  await reader.query("commit");
  await reader.end();
  await indexCallRecordPartitions();
  expect(await index()).toBe(false);
  const requestId = newRequestId(Date.now());
  await write(row({ requestId }));
  expect(await isStored(requestId)).toBe(true);
});

test("gateways that ask for the partition of one day at the same moment get it, each time, all of them (F77)", async () => {
  const gateways = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
      await client.connect();
      return client;
    }),
  );
  const day = (round: number) => new Date(Date.UTC(2001, 0, 1 + round)).toISOString().slice(0, 10);
  const made: string[] = [];
  try {
    for (let round = 0; round < 30; round += 1) {
      // Every third asks in a transaction whose state of the database is of before.
      await Promise.all(
        gateways.map(async (client, i) => {
          if (i % 3 === 0) await client.query("begin isolation level repeatable read");
          if (i % 3 === 0) await client.query("select 1 from pg_class limit 1");
        }),
      );
      const asked = await Promise.allSettled(
        gateways.map(async (client, i) => {
          try {
            await client.query("select ensure_call_record_partition($1::date)", [day(round)]);
          } finally {
            if (i % 3 === 0) await client.query("commit");
          }
        }),
      );
      expect(asked.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []))).toEqual([]);
      made.push(partitionOf(new Date(day(round))));
    }
    expect(await partitions()).toEqual(expect.arrayContaining(made));
  } finally {
    await Promise.all(gateways.map((client) => client.end()));
  }
});
