import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { refuse } from "#gateway/answer/refusal.ts";
import { Call, type Gateway } from "#gateway/call.ts";
import type { GatewayApi, GatewayCredential, GatewayOperation, GatewaySubscription } from "#gateway/snapshot/model.ts";
import { ensureCallRecordPartitions } from "#lib/call-record/call-record-partitions.ts";
import { closeCallRecords } from "#lib/call-record/write-call-records.ts";
import { db } from "#lib/db/client.ts";
import type { Cause } from "#lib/errors/refusals.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import { makeApplication, makeCredential, makePlace } from "#lib/test-kit/gateway-fixture.ts";
import { Wire } from "#lib/test-kit/wire.ts";
import { Recorder } from "./recorder.ts";

// Each waits for several things in turn, and each of them may take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

ownDatabase();

let directUrl: string;
let wire: Wire;
let spoolFolder: string;
let recorder: Recorder;

/** What passes over the wire is records alone. */
const quiet = { rollsUp: false };

/** A recorder that reaches Postgres over the wire; the test itself asks the database directly. */
function start(
  bounds: { spoolBytesMax?: number; heldMax?: number; lateMs?: number; rollsUp?: boolean } = {},
): Recorder {
  // What it may wait at its end is no part of what is shown: a busy machine takes what it needs.
  recorder = new Recorder({
    spoolFolder,
    spoolBytesMax: 64 * 1024 * 1024,
    daysKept: 30,
    stopMs: 60_000,
    ...quiet,
    ...bounds,
  });
  spilledBefore = 0;
  return recorder;
}

beforeAll(async () => {
  directUrl = process.env.DATABASE_URL ?? "";
  await ensureCallRecordPartitions();
  wire = new Wire(directUrl);
});
beforeEach(async () => {
  await wire.up();
  process.env.DATABASE_URL = wire.url();
  spoolFolder = join(mkdtempSync(join(tmpdir(), "portico-spool-")), "gateway-spool");
});
afterEach(async () => {
  await recorder.stop();
  await closeCallRecords();
  await wire.down();
  rmSync(join(spoolFolder, ".."), { recursive: true, force: true });
});
afterAll(() => {
  process.env.DATABASE_URL = directUrl;
});

function endedCall(): Call {
  const req = new IncomingMessage(new Socket());
  req.method = "GET";
  const call = new Call({} as Gateway, req, new ServerResponse(req), false);
  call.admitted = true;
  call.authenticated = true;
  return call;
}

/** Adds calls; their request IDs. */
function add(calls: number): string[] {
  return Array.from({ length: calls }, () => {
    const call = endedCall();
    recorder.add(call);
    return call.requestId;
  });
}

/** How often each of these is stored. */
async function stored(ids: string[]): Promise<number[]> {
  const rows = await db().$queryRaw<{ n: number }[]>`
    select count(r."requestId")::int as n from unnest(${ids}::uuid[]) id left join "CallRecord" r on r."requestId" = id
    group by id`;
  return rows.map(({ n }) => n);
}

/** Once each, and nothing is left on disk or in memory. */
const storedOnce = (ids: string[]) =>
  eventually(async () => {
    const counts = await stored(ids);
    expect(counts).toEqual(ids.map(() => 1));
    expect(recorder.stats).toMatchObject({ held: 0, spooledBytes: 0 });
  });

/** What had gone to disk when Postgres went away: on a busy machine a first write may be late too, and go there by right. */
let spilledBefore = 0;

/** Postgres goes away. */
async function cut(): Promise<void> {
  spilledBefore = recorder.stats.spilled;
  await wire.down();
}

/** So many records more have gone to disk since then. */
const spilled = (records: number) =>
  eventually(() => expect(recorder.stats).toMatchObject({ held: 0, spilled: spilledBefore + records }));

const spoolFiles = () =>
  existsSync(spoolFolder)
    ? readdirSync(spoolFolder).flatMap((name) =>
        readdirSync(join(spoolFolder, name)).map((file) => join(spoolFolder, name, file)),
      )
    : [];

/** A row as `CallRows` writes it. */
const row = (requestId: string, time = new Date()) =>
  `${time.toISOString()}\t${requestId}\t\t\t\t\t\t\t\tGET\t200\t\t\t1234\t\t0\t2\n`;

/** The folder that a process of some time ago left behind. */
function leaveBehind(text: string, secondsAgo: number): void {
  const folder = join(spoolFolder, randomUUID());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `1-000001-${randomUUID()}.tsv`), text);
  const at = Date.now() / 1_000 - secondsAgo;
  utimesSync(folder, at, at);
}

test("a record has every column as it was, and an operation's name cannot end its row", async () => {
  start();
  const call = endedCall();
  const id = () => randomUUID();
  const api = { organizationId: id(), catalogId: id(), apiDefinitionId: id() };
  call.api = api as GatewayApi;
  call.operation = { key: "GET /straße/\t\n\\N/{x}" } as GatewayOperation;
  const credential = { id: id(), applicationId: id() };
  call.credential = credential as GatewayCredential;
  call.subscription = { id: id() } as GatewaySubscription;
  call.authenticated = false;
  call.refused = refuse("CREDENTIAL_INVALID", "credential-expired");
  call.channel = "explore";
  call.secretAge = 1;
  call.backendMs = 1.5;
  call.requestBytes = 5_000_000_000;
  call.responseBytes = 1_234_567;
  recorder.add(call);
  await storedOnce([call.requestId]);
  const rows = await db().$queryRaw<Record<string, unknown>[]>`
    select * from "CallRecord" where "requestId" = ${call.requestId}::uuid`;
  expect(rows[0]).toEqual({
    time: new Date(call.startedAtMs),
    requestId: call.requestId,
    organizationId: api.organizationId,
    catalogId: api.catalogId,
    apiId: api.apiDefinitionId,
    operationKey: "GET /straße/  \\N/{x}",
    applicationId: credential.applicationId,
    credentialId: credential.id,
    subscriptionId: call.subscription.id,
    method: "GET",
    // The client went away: no answer began.
    status: 499,
    code: "CREDENTIAL_INVALID",
    cause: "credential-expired",
    totalMs: expect.any(Number),
    backendMs: 1.5,
    requestBytes: 5_000_000_000n,
    responseBytes: 1_234_567n,
    channel: "explore",
    secretAge: 1,
    // It did not authenticate: the first of its minute.
    sampled: true,
  });
});

test("a batch whose acknowledgement was lost after the commit is stored once", async () => {
  start();
  await storedOnce(add(1));
  spilledBefore = recorder.stats.spilled;
  const lost = wire.loseNextAnswer();
  const ids = add(50);
  await lost;
  await storedOnce(ids);
  expect(recorder.stats).toMatchObject({ written: 51, spilled: spilledBefore + 50, lost: 0 });
});

test("while Postgres is away records go to disk for the owner's eyes only, and come back once", async () => {
  start();
  await storedOnce(add(1));
  await cut();
  const first = add(700);
  await spilled(700);
  const second = add(700);
  await spilled(1_400);
  const files = spoolFiles();
  expect(files).toHaveLength(1);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  await wire.up();
  await storedOnce([...first, ...second]);
  expect(spoolFiles()).toEqual([]);
  expect(recorder.stats).toMatchObject({ written: 1_401, lost: 0 });
});

test("what Postgres does not acknowledge in time is on disk, and stored once though the first try succeeds late", async () => {
  start();
  await storedOnce(add(1));
  spilledBefore = recorder.stats.spilled;
  const ids = await db().$transaction(
    async (tx) => {
      await tx.$executeRaw`lock table "CallRecord" in share mode`;
      const waiting = add(20);
      await spilled(20);
      return waiting;
    },
    { timeout: 30_000 },
  );
  await storedOnce(ids);
  expect(recorder.stats).toMatchObject({ written: 21, lost: 0 });
});

test("records of a process that is gone are taken over, a torn last line is counted, and a living one's are left alone", async () => {
  const [gone, torn, living] = [randomUUID(), randomUUID(), randomUUID()];
  leaveBehind(row(gone) + row(torn).slice(0, 60), 60);
  // Renewed in an hour's time: it lives for as long as this test takes.
  leaveBehind(row(living), -3_600);
  start();
  await storedOnce([gone]);
  await eventually(() => expect(recorder.stats.lost).toBe(1));
  expect(await stored([torn, living])).toEqual([0, 0]);
  expect(spoolFiles()).toHaveLength(1);
});

test("two processes that take over the same records at once store them once", async () => {
  const ids = Array.from({ length: 500 }, () => randomUUID());
  for (const id of ids) leaveBehind(row(id), 60);
  const other = new Recorder({ spoolFolder, spoolBytesMax: 64 * 1024 * 1024, daysKept: 30, ...quiet });
  start();
  await storedOnce(ids);
  await eventually(() => expect(recorder.stats.written + other.stats.written).toBe(500));
  await other.stop();
}, 60_000);

test("with Postgres away and no disk to write to, memory is bounded, the loss is counted, and what is left is stored", async () => {
  writeFileSync(spoolFolder, "a file where the folder should be");
  start({ heldMax: 4 });
  await storedOnce(add(1));
  await cut();
  const call = endedCall();
  const calls = 50_000;
  for (let i = 0; i < calls; i += 1) recorder.add(call);
  const { held, lost } = recorder.stats;
  expect(lost).toBeGreaterThan(0);
  expect(held + lost).toBe(calls);
  const ids = add(10);
  await wire.up();
  await storedOnce(ids);
  expect(recorder.stats).toMatchObject({ spilled: 0, held: 0 });
  expect(recorder.stats.written + recorder.stats.lost).toBe(calls + 11);
}, 60_000);

test("a spool that is full loses its oldest records, and counts them", async () => {
  start({ spoolBytesMax: 1024 * 1024 });
  await storedOnce(add(1));
  await cut();
  const oldest = add(800);
  await spilled(800);
  const call = endedCall();
  for (let i = 0; i < 20_000; i += 1) recorder.add(call);
  await spilled(20_800);
  const youngest = add(800);
  await spilled(21_600);
  expect(recorder.stats.spooledBytes).toBeLessThanOrEqual(1024 * 1024);
  await wire.up();
  await storedOnce(youngest);
  expect(await stored(oldest)).toEqual(oldest.map(() => 0));
  expect(recorder.stats.lost).toBeGreaterThanOrEqual(800);
  expect(recorder.stats.written + recorder.stats.lost).toBe(21_601);
});

test("a stop brings what is held to Postgres, and to disk for the next process when it is away", async () => {
  start();
  const first = add(5);
  await recorder.stop();
  expect(await stored(first)).toEqual([1, 1, 1, 1, 1]);
  start();
  await cut();
  const second = add(5);
  await recorder.stop();
  await closeCallRecords();
  expect(spoolFiles()).toHaveLength(1);
  await wire.up();
  start();
  await storedOnce(second);
});

test("a credential's last use is the time of its call, however late the record comes, and never goes back (F77)", async () => {
  const place = await makePlace();
  const credential = await makeCredential(await makeApplication(place));
  const use = (minutesAgo: number) => {
    const call = endedCall();
    Object.assign(call, {
      startedAtMs: Date.now() - minutesAgo * 60_000,
      credential,
      subscription: { id: randomUUID() },
    });
    recorder.add(call);
    return call;
  };
  const lastUsedAt = async () =>
    (await db().credential.findUniqueOrThrow({ where: { id: credential.id } })).lastUsedAt?.getTime();
  // Every write is late, as with other work beside it: records go by the disk, and arrive all the same.
  start({ lateMs: 0 });
  const early = use(30);
  await storedOnce([early.requestId]);
  await eventually(async () => expect(await lastUsedAt()).toBe(early.startedAtMs));
  await cut();
  const late = use(10);
  await spilled(1);
  await wire.up();
  await eventually(async () => expect(await lastUsedAt()).toBe(late.startedAtMs));
  const before = use(20);
  await storedOnce([before.requestId]);
  await recorder.stop();
  expect(await lastUsedAt()).toBe(late.startedAtMs);
});

test("of calls that did not authenticate the first twenty a minute of each API, application and cause are stored, and all are counted, by network (F5)", async () => {
  // Within one minute, however late in it this begins.
  const startedAtMs = Math.floor(Date.now() / 60_000) * 60_000;
  const place = { organizationId: randomUUID(), catalogId: randomUUID() };
  const [one, other] = [randomUUID(), randomUUID()];
  const [application, stranger] = [randomUUID(), undefined];
  const refusedFrom = (address: string, apiDefinitionId: string, applicationId: string | undefined, cause: Cause) => {
    const call = endedCall();
    Object.assign(call, {
      startedAtMs,
      admitted: false,
      authenticated: false,
      clientAddress: address,
      api: { ...place, apiDefinitionId },
    });
    if (applicationId) call.credential = { id: randomUUID(), applicationId } as GatewayCredential;
    call.refused = refuse("CREDENTIAL_INVALID", cause);
    return call;
  };
  start();
  const stands = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  for (let i = 0; i < 100; i += 1) {
    recorder.add(refusedFrom(`192.0.2.${i}`, one, application, "secret-wrong"));
    recorder.add(refusedFrom(`2001:db8:7:${i}::1`, one, stranger, "unknown-id"));
    recorder.add(refusedFrom("198.51.100.7", other, application, "secret-wrong"));
    recorder.add(refusedFrom("198.51.100.7", other, application, "secret-ended"));
  }
  stands.mockRestore();
  const served = add(30);
  await recorder.stop();
  expect(await stored(served)).toEqual(served.map(() => 1));
  const records = await db().$queryRaw`
    select "apiId", cause, count(*)::int as n from "CallRecord" where "organizationId" = ${place.organizationId}::uuid
    and sampled group by 1, 2 order by ("apiId" = ${other}::uuid), 2`;
  expect(records).toEqual([
    { apiId: one, cause: "secret-wrong", n: 20 },
    { apiId: one, cause: "unknown-id", n: 20 },
    { apiId: other, cause: "secret-ended", n: 20 },
    { apiId: other, cause: "secret-wrong", n: 20 },
  ]);
  const counts = await db().$queryRaw`
    select minute, "apiId", reason, block, calls::int from "UnauthenticatedMinute"
    where "organizationId" = ${place.organizationId}::uuid order by ("apiId" = ${other}::uuid), reason`;
  const minute = new Date(startedAtMs);
  expect(counts).toEqual([
    { minute, apiId: one, reason: "secret-wrong", block: "192.0.2.0/24", calls: 100 },
    { minute, apiId: one, reason: "unknown-id", block: "2001:db8:7::/48", calls: 100 },
    { minute, apiId: other, reason: "secret-ended", block: "198.51.100.0/24", calls: 100 },
    { minute, apiId: other, reason: "secret-wrong", block: "198.51.100.0/24", calls: 100 },
  ]);
  const hours = await db().$queryRaw`select "apiId", refused::int, ok::int from "UsageHour"
    where "organizationId" = ${place.organizationId}::uuid order by ("apiId" = ${other}::uuid)`;
  expect(hours).toEqual([
    { apiId: one, refused: 200, ok: 0 },
    { apiId: other, refused: 200, ok: 0 },
  ]);
});

test("counts that Postgres does not take go by the disk as well, once", async () => {
  start({ lateMs: 0 });
  const organizationId = randomUUID();
  for (let i = 0; i < 50; i += 1) {
    const call = endedCall();
    const api = { organizationId, catalogId: organizationId, apiDefinitionId: organizationId };
    Object.assign(call, { admitted: false, authenticated: false, clientAddress: "192.0.2.1", api });
    call.refused = refuse("CLIENT_ID_MISSING", "absent");
    recorder.add(call);
  }
  await recorder.stop();
  const [hour] = await db().$queryRaw<object[]>`
    select sum(refused)::int as refused from "UsageHour" where "organizationId" = ${organizationId}::uuid`;
  expect(hour).toEqual({ refused: 50 });
});

test("days are made of what was recorded, and the partitions of before get the index by API, beside the records", async () => {
  // As the migration leaves it: an index of partitions to come.
  await db().$executeRawUnsafe(`drop index "CallRecord_api"`);
  await db().$executeRawUnsafe(`create index "CallRecord_api" on only "CallRecord" ("apiId", "time")`);
  start();
  const call = endedCall();
  const api = { organizationId: randomUUID(), catalogId: randomUUID(), apiDefinitionId: randomUUID() };
  call.api = api as GatewayApi;
  recorder.add(call);
  await recorder.stop();
  start({ rollsUp: true });
  await eventually(async () => {
    const days = await db()
      .$queryRaw`select "apiId" from "UsageDay" where "organizationId" = ${api.organizationId}::uuid`;
    expect(days).toEqual([{ apiId: api.apiDefinitionId }]);
    const [parent] = await db().$queryRaw<object[]>`
      select indisvalid as valid from pg_index where indexrelid = '"CallRecord_api"'::regclass`;
    // As soon as every partition has one.
    expect(parent).toEqual({ valid: true });
  });
});
