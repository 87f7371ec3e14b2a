import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { figure } from "./kit/figure.ts";
import { Load, type LoadedCall } from "./kit/load.ts";
import { answerPlainly, makeCalled } from "./kit/place.ts";
import { withoutRecord } from "./kit/records.ts";
import { isFull } from "./scale.ts";

// One of four processes of a gateway is killed under load, again and again.

const WORKERS = 4;
const KILLS = isFull ? 12 : 2;
/** gateway.md: no call that was answered longer ago is without its record. */
const RECORDED_WITHIN_MS = 1_000;

let database: OwnDatabase;
let backend: RecordingBackend;
let gateway: OwnGateway;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  backend = await startBackend();
  answerPlainly(backend);
  gateway = await startGateway(database.url, { workers: WORKERS });
});
afterAll(async () => {
  await gateway?.stop();
  await closeDb();
  await backend?.stop();
  await database?.stop();
});

const workers = (): number[] =>
  readFileSync(`/proc/${gateway.process.pid}/task/${gateway.process.pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);

test(`kill -9 of a worker under load, ${KILLS} times: only its own connections break, and no record older than a second is lost`, async () => {
  const { path, headers } = await makeCalled(backend);
  const clients = 16;
  const load = new Load(gateway.address, path, headers, clients);
  const killedAt: number[] = [];
  for (let i = 0; i < KILLS; i += 1) {
    await load.more(1_000);
    const before = workers();
    process.kill(before[i % WORKERS] as number, "SIGKILL");
    killedAt.push(performance.now());
    while (workers().filter((pid) => !before.includes(pid)).length === 0) await load.more(1);
  }
  await load.more(1_000);
  await load.stop();

  expect(load.others()).toEqual([]);
  // A broken connection is told at once; nobody waits in vain, and nobody is turned away.
  expect(load.broken.filter((code) => !["ECONNRESET", "EPIPE"].includes(code))).toEqual([]);
  expect(load.broken.length).toBeLessThanOrEqual(KILLS * clients * 2);

  const started = performance.now();
  // Also an answer that was on its way when its process died is younger than that.
  const excused = ({ startedAt, endedAt }: LoadedCall) =>
    killedAt.some((at) => startedAt <= at && endedAt > at - RECORDED_WITHIN_MS);
  const owed = load.calls.filter((one) => !excused(one));
  let missing = await withoutRecord(owed.map(({ requestId }) => requestId));
  while (missing.size > 0 && performance.now() - started < 60_000) missing = await withoutRecord([...missing]);
  expect(missing.size).toBe(0);
  const all = await withoutRecord(load.calls.map(({ requestId }) => requestId));
  figure(
    `${KILLS} workers killed: calls, broken, records lost`,
    `${load.calls.length}, ${load.broken.length}, ${all.size}`,
  );
  // The rows of the dead are replaced by those of their successors: nobody is waited for in vain.
  while ((await db().gatewayNode.count()) !== WORKERS) expect(performance.now() - started).toBeLessThan(60_000);
});
