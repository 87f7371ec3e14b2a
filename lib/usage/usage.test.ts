import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { dropExpiredCallRecords, ensureCallRecordPartitions } from "#lib/call-record/call-record-partitions.ts";
import { closeCallRecords, writeCallRecords } from "#lib/call-record/write-call-records.ts";
import { ADVISORY_LOCKS } from "#lib/db/advisory-locks.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { rollUpUsage } from "./roll-up-usage.ts";
import { bucketBoundsMs, bucketColumns, measures } from "./usage.rules.ts";

ownDatabase();
beforeAll(() => ensureCallRecordPartitions());
afterAll(() => closeCallRecords());

const DAYS_KEPT = 30;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const organization = randomUUID();
const catalog = randomUUID();
const [apis, applications] = [3, 4].map((n) => Array.from({ length: n }, () => randomUUID())) as [string[], string[]];
const tables = ["UsageHour", "UsageDay", "UsageApplicationDay", "UsageApplicationMonth", "UsageOperationDay"] as const;

beforeEach(async () => {
  for (const table of [
    ...tables,
    "CallRecord",
    "UsageDirty",
    "UsageDue",
    "UsageRun",
    "UnauthenticatedMinute",
    "UsageBatch",
  ])
    await db().$executeRawUnsafe(`truncate "${table}"`);
});

interface Row {
  time: Date;
  id: string;
  api: string | null;
  application: string | null;
  operation: string | null;
  status: number;
  code: string | null;
  ms: number;
  sampled?: boolean;
}

const statuses: [number, string | null][] = [
  [200, null],
  [304, null],
  [404, null],
  [401, null],
  [499, null],
  [503, null],
  [429, "RATE_LIMIT_EXCEEDED"],
  [429, "TOO_MANY_FAILURES"],
  [403, "NOT_SUBSCRIBED"],
  [404, "OPERATION_NOT_FOUND"],
  [502, "BACKEND_UNREACHABLE"],
  [402, "POLICY_FAILED"],
  [500, "POLICY_FAILED"],
];

function some(calls: number, from = Date.now(), back = 30 * HOUR_MS): Row[] {
  return Array.from({ length: calls }, (_, i) => {
    const [status, code] = statuses[i % statuses.length] as [number, string | null];
    return {
      time: new Date(from - Math.floor((i / calls) * back)),
      id: randomUUID(),
      api: i % 11 === 0 ? null : (apis[i % apis.length] as string),
      application: i % 5 === 0 ? null : (applications[i % applications.length] as string),
      operation: i % 7 === 0 ? null : `GET /${i % 3}`,
      status,
      code,
      ms: [0, 0.25, 1, 1.5, 2.5, 100, 25_000, 61_000][i % 8] as number,
    };
  });
}

/** As gateways write it; `old`: as those of the version before did. */
function line(row: Row, old = false): string {
  const { time, id, api, application, operation, status, code, ms } = row;
  const place = api === null ? ["", "", ""] : [organization, catalog, api];
  const caller = [operation ?? "", application ?? "", "", ""];
  const rest = ["GET", status, code ?? "", "", ms * 1_000, ms * 500, 10, 20];
  const added = old ? [] : ["http", "", row.sampled ? "1" : ""];
  return `${[time.toISOString(), id, ...place, ...caller, ...rest, ...added].join("\t")}\n`;
}
const write = (rows: Row[], old = false) =>
  writeCallRecords(Buffer.from(rows.map((row) => line(row, old)).join("")), DAYS_KEPT);

type Tier = Record<string, Record<string, number>>;

/** What a table of usage should say of rows. */
function expected(rows: Row[], keyOf: (row: Row) => string | null): Tier {
  const tier: Tier = {};
  for (const row of rows) {
    const key = row.api === null ? null : keyOf(row);
    if (key === null) continue;
    tier[key] ??= Object.fromEntries(measures.map((name) => [name, 0]));
    const sums = tier[key] as Record<string, number>;
    const add = (name: string, amount: number) => {
      sums[name] = (sums[name] ?? 0) + amount;
    };
    const outcome = outcomeOf(row);
    add(outcome, 1);
    add("requestBytes", 10);
    add("responseBytes", 20);
    add("backendMs", row.ms / 2);
    if (outcome.startsWith("refused")) continue;
    add("totalMs", row.ms);
    add(bucketColumns[bucketBoundsMs.filter((bound) => bound <= row.ms).length] as string, 1);
  }
  return tier;
}

function outcomeOf({ status, code }: Row): string {
  if (status >= 500) return "serverError";
  if (code !== null && code !== "POLICY_FAILED") {
    return /^(RATE_LIMIT|QUOTA|BURST_LIMIT)_EXCEEDED$/.test(code) ? "refusedByLimit" : "refused";
  }
  return status < 400 ? "ok" : "clientError";
}

const hour = ({ time, api }: Row) => `${time.toISOString().slice(0, 13)} ${api}`;
const day = ({ time }: Row) => time.toISOString().slice(0, 10);
const wanted = {
  UsageHour: hour,
  UsageDay: (row: Row) => `${day(row)} ${row.api}`,
  UsageApplicationDay: (row: Row) => row.application && `${day(row)} ${row.application} ${row.api}`,
  UsageApplicationMonth: (row: Row) => row.application && `${day(row).slice(0, 7)}-01 ${row.application} ${row.api}`,
  UsageOperationDay: (row: Row) => `${day(row)} ${row.operation ?? ""} ${row.api}`,
} satisfies Record<(typeof tables)[number], (row: Row) => string | null>;

const keys = {
  UsageHour: `to_char("hour" at time zone 'UTC', 'YYYY-MM-DD"T"HH24') || ' ' || "apiId"`,
  UsageDay: `"day" || ' ' || "apiId"`,
  UsageApplicationDay: `"day" || ' ' || "applicationId" || ' ' || "apiId"`,
  UsageApplicationMonth: `"month" || ' ' || "applicationId" || ' ' || "apiId"`,
  UsageOperationDay: `"day" || ' ' || "operationKey" || ' ' || "apiId"`,
};

async function stored(table: (typeof tables)[number]): Promise<Tier> {
  const columns = measures.map((name) => `"${name}"::float8 as "${name}"`).join(", ");
  const rows = await db().$queryRawUnsafe<({ key: string } & Record<string, number>)[]>(
    `select ${keys[table]} as key, ${columns} from "${table}"`,
  );
  return Object.fromEntries(rows.map(({ key, ...rest }) => [key, rest]));
}

async function expectTiers(rows: Row[], of: readonly (typeof tables)[number][] = tables): Promise<void> {
  for (const table of of) expect([table, await stored(table)]).toEqual([table, expected(rows, wanted[table])]);
}

test("an hour is what its records say, also when they are sent twice, late, or with a damaged one among them", async () => {
  const rows = some(600);
  await write(rows.slice(0, 400));
  await write(rows.slice(0, 200));
  const damaged = Buffer.from([...rows.slice(300).map((row) => line(row)), "damaged\n"].join(""));
  expect(await writeCallRecords(damaged, DAYS_KEPT)).toMatchObject({ written: 300, refused: 1 });
  await expectTiers(rows, ["UsageHour"]);
});

test("gateways that add to the same hours at once wait for each other in one order, and lose nothing", async () => {
  const writers: typeof import("#lib/call-record/write-call-records.ts")[] = [];
  while (writers.length < 4) {
    // Each with a connection of its own, as in a process of its own.
    vi.resetModules();
    writers.push(await import("#lib/call-record/write-call-records.ts"));
  }
  const rows: Row[] = [];
  await Promise.all(
    writers.map(async ({ writeCallRecords: send, closeCallRecords: close }, i) => {
      for (let round = 0; round < 10; round += 1) {
        const batch = some(60);
        if (i % 2 === 1) batch.reverse();
        rows.push(...batch);
        await send(Buffer.from(batch.map((row) => line(row)).join("")), DAYS_KEPT);
      }
      await close();
    }),
  );
  await expectTiers(rows, ["UsageHour"]);
});

const counts = (calls: number, reason = "secret-wrong", id = randomUUID()) =>
  `${[
    "+",
    id,
    new Date().toISOString(),
    JSON.stringify([
      [
        `${new Date().toISOString().slice(0, 16)}:00.000Z`,
        organization,
        catalog,
        apis[0],
        reason,
        "192.0.2.0/24",
        calls,
      ],
      [`${new Date().toISOString().slice(0, 16)}:00.000Z`, null, null, null, "base-path-unknown", "", calls],
    ]),
  ].join("\t")}\n`;
const send = (text: string) => writeCallRecords(Buffer.from(text), DAYS_KEPT);

test("calls that did not authenticate are counted once, however often they are told, and their sample is not counted again (F5)", async () => {
  const sampled = {
    ...(some(2)[1] as Row),
    time: new Date(),
    api: apis[0] as string,
    status: 401,
    code: "CREDENTIAL_INVALID",
  };
  const first = counts(1_000);
  await send(first + line({ ...sampled, sampled: true }));
  await send(first);
  await send(first + counts(500) + counts(7, "preflight"));
  const [row] = await db().$queryRaw<object[]>`select sum(refused)::int as refused, sum(ok + "clientError" +
    "refusedByLimit" + "serverError")::int as others from "UsageHour"`;
  expect(row).toEqual({ refused: 1_500, others: 0 });
  const minutes = await db().$queryRaw<{ reason: string; calls: number }[]>`
    select reason, sum(calls)::int as calls from "UnauthenticatedMinute" group by 1 order by 1`;
  expect(minutes).toEqual([
    { reason: "base-path-unknown", calls: 1_507 },
    { reason: "preflight", calls: 7 },
    { reason: "secret-wrong", calls: 1_500 },
  ]);
  // The job finds the hours right, and the sample is no use of an application.
  expect(await rollUpUsage(DAYS_KEPT)).toMatchObject({ corrected: 0 });
  expect(Object.values(await stored("UsageDay")).map(({ refused }) => refused)).toEqual([1_500]);
  expect(await stored("UsageApplicationDay")).toEqual({});
});

test("a row of counts that is damaged is refused alone", async () => {
  const [before] = some(1);
  const torn = `${counts(5).slice(0, 120)}\n`;
  expect(await send(line(before as Row) + torn + counts(9))).toMatchObject({ written: 1, refused: 1 });
  const [row] = await db().$queryRaw<object[]>`select sum(calls)::int as calls from "UnauthenticatedMinute"`;
  expect(row).toEqual({ calls: 18 });
});

test("days, months, applications and operations add up to the records, by the job, and again after more of them", async () => {
  const rows = some(500);
  await write(rows);
  expect(await rollUpUsage(DAYS_KEPT)).toMatchObject({ corrected: 0 });
  await expectTiers(rows);
  // Done within the hour: nobody does it again.
  expect(await rollUpUsage(DAYS_KEPT)).toBeUndefined();
  await db().$executeRaw`truncate "UsageRun"`;
  const late = some(200, Date.now() - 5 * DAY_MS, HOUR_MS);
  await write(late);
  const again = await rollUpUsage(DAYS_KEPT);
  expect(again?.days).toContain(day(late[0] as Row));
  await expectTiers([...rows, ...late]);
  expect(await db().$queryRaw`select from "UsageDirty" union all select from "UsageDue"`).toEqual([]);
});

test("what a gateway of the version before stored without counting is counted by the job, once", async () => {
  const rows = some(300);
  const columns = `"time", "requestId", "organizationId", "catalogId", "apiId", "operationKey", "applicationId", "credentialId",
    "subscriptionId", "method", "status", "code", "cause", "totalMs", "backendMs", "requestBytes", "responseBytes"`;
  for (const { time, id, api, application, operation, status, code, ms } of rows) {
    await db().$executeRawUnsafe(
      `insert into "CallRecord" (${columns}) values ($1, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6, $7::uuid, null, null, 'GET',
        $8::int, $9, null, $10::float8, $11::float8, 10, 20)`,
      ...[time, id, api && organization, api && catalog, api, operation, application, status, code, ms, ms / 2],
    );
  }
  expect(await stored("UsageHour")).toEqual({});
  // The day of the last record is yesterday or the day before it.
  await db().$executeRaw`insert into "UsageDue" select ((now() at time zone 'UTC')::date - 2)`;
  const counted = some(100);
  await write(counted);
  expect((await rollUpUsage(DAYS_KEPT))?.corrected).toBeGreaterThan(0);
  await expectTiers([...rows, ...counted]);
  expect((await rollUpUsage(DAYS_KEPT, { all: true }))?.corrected).toBe(0);
  await expectTiers([...rows, ...counted]);
});

test("what the version before left in the spool is read: seventeen columns, by http", async () => {
  const rows = some(40);
  expect(await write(rows, true)).toMatchObject({ written: 40, refused: 0 });
  const channels = await db().$queryRaw`select distinct channel, "secretAge", sampled from "CallRecord"`;
  expect(channels).toEqual([{ channel: "http", secretAge: null, sampled: null }]);
  await expectTiers(rows, ["UsageHour"]);
});

test("the rebuild makes every tier anew from the records, right while gateways write", async () => {
  const rows = some(600);
  await write(rows);
  for (const table of tables) await db().$executeRawUnsafe(`truncate "${table}"`);
  await db()
    .$executeRaw`insert into "UsageApplicationDay" select ${organization}::uuid, (now() at time zone 'UTC')::date,
    ${randomUUID()}::uuid, ${catalog}::uuid, ${apis[0]}::uuid, 9,9,9,9,9,9,9,9,9, 9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9`;
  const more: Row[] = [];
  let over = false;
  const writing = (async () => {
    while (!over) {
      const batch = some(30);
      more.push(...batch);
      await write(batch);
    }
  })();
  for (let i = 0; i < 5; i += 1) await rollUpUsage(DAYS_KEPT, { all: true });
  over = true;
  await writing;
  await expectTiers([...rows, ...more], ["UsageHour"]);
  await rollUpUsage(DAYS_KEPT, { all: true });
  await expectTiers([...rows, ...more]);
});

test("writers do not wait for the job, whatever it has taken and not yet committed", async () => {
  await write(some(50));
  const job = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await job.connect();
  // What it touches before the hours, the slowest of it with all its locks, and its own lock.
  await job.query("select pg_advisory_lock($1)", [ADVISORY_LOCKS.usageRollUp]);
  await job.query(`begin isolation level repeatable read; with taken as (delete from "UsageDirty" returning day)
    insert into "UsageDue" select distinct day from taken on conflict do nothing;
    select count(*) from "CallRecord"; select count(*) from "UsageHour"; select count(*) from "UnauthenticatedMinute"`);
  const rows = some(50);
  expect(await write(rows)).toMatchObject({ written: 50 });
  expect(await send(counts(3))).toMatchObject({ refused: 0 });
  // Another process leaves it to this one.
  expect(await rollUpUsage(DAYS_KEPT)).toBeUndefined();
  await job.query("commit");
  await job.end();
});

test("what is made of a day outlives its records, and a day that was dropped comes back in no part", async () => {
  const time = new Date(Date.now() - 10 * DAY_MS);
  const rows = some(80, time.getTime(), 0);
  await write(rows);
  await rollUpUsage(DAYS_KEPT);
  // By size: today and yesterday stay.
  const dropped = await dropExpiredCallRecords(DAYS_KEPT, 1);
  expect(dropped).toContain(`CallRecord_${day(rows[0] as Row).replaceAll("-", "")}`);
  expect(await write(some(20, time.getTime(), 0))).toMatchObject({ written: 0, refused: 20 });
  const today = some(20, Date.now(), 0);
  expect(await write(today)).toMatchObject({ written: 20 });
  await rollUpUsage(DAYS_KEPT, { all: true });
  await expectTiers([...rows, ...today]);
});

test("a histogram's buckets tell times apart that differ by six in ten, from one millisecond to 25 seconds", () => {
  expect(bucketColumns).toHaveLength(24);
  bucketBoundsMs.forEach((bound, i) => {
    if (i > 0) expect(bound / (bucketBoundsMs[i - 1] as number)).toBeCloseTo(1.6, 0);
  });
});
