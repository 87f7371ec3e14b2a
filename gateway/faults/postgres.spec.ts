import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { pairHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { change, makeCredential } from "#lib/test-kit/gateway-fixture.ts";
import { type EmbeddedPostgres, freePort, startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";
import { figure } from "./kit/figure.ts";
import { Load } from "./kit/load.ts";
import { answerPlainly, makeCalled } from "./kit/place.ts";
import { withoutRecord } from "./kit/records.ts";
import { isFull } from "./scale.ts";

// Postgres is stopped under load, for as long as gateway.md part 8 says, and comes back.

const AWAY_MS = isFull ? 300_000 : 5_000;
const WORKERS = 2;

const directory = mkdtempSync(join(tmpdir(), "portico-faults-"));
let postgres: EmbeddedPostgres;
let backend: RecordingBackend;
let gateway: OwnGateway;
let stale: OwnGateway;
let admin = "";

const start = (port?: number) => startEmbeddedPostgres(directory, { throwaway: true, ...(port && { port }) });

beforeAll(async () => {
  postgres = await start();
  await migrate(postgres.url);
  process.env.DATABASE_URL = postgres.url;
  backend = await startBackend();
  answerPlainly(backend);
  const port = await freePort();
  admin = `http://127.0.0.1:${port}`;
  gateway = await startGateway(postgres.url, { workers: WORKERS });
  const env = { GATEWAY_STALE_SECONDS: "2", GATEWAY_ADMIN_PORT: String(port) };
  stale = await startGateway(postgres.url, { env });
});
afterAll(async () => {
  await Promise.all([gateway?.stop(), stale?.stop()]);
  await closeDb();
  await backend?.stop();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test(`Postgres away for ${AWAY_MS / 1000} s: no call of a known credential fails, no record is lost, and staleness is refused where it is limited`, async () => {
  const { path, headers, credential } = await makeCalled(backend);
  const other = await makeCredential(credential.applicationId);
  const load = new Load(gateway.address, path, headers, 4);
  await load.more(500);
  // From the beginning of its end: the last that a gateway hears is not before it, however long the end takes.
  const stoppedAt = performance.now();
  await postgres.stop();

  // The one that may not be older than two seconds refuses by then; the others go on.
  const ask = () => call(path, { headers }, stale.address);
  let answer = await ask();
  while (answer.status === 200) answer = await ask();
  expect([answer.status, answer.json.code, answer.headers["retry-after"]]).toEqual([503, "STALE", "10"]);
  expect(performance.now() - stoppedAt).toBeGreaterThan(1_000);
  const ready = await call("/readyz", {}, admin);
  expect([ready.status, ready.json.reasons]).toEqual([503, ["the snapshot is too old"]]);
  expect((await call("/healthz", {}, admin)).status).toBe(200);

  while (performance.now() - stoppedAt < AWAY_MS) await load.more(100);
  postgres = await start(postgres.port);
  await load.more(500);
  await load.stop();
  expect([load.others(), load.broken]).toEqual([[], []]);

  const ids = load.calls.map(({ requestId }) => requestId);
  const backAt = performance.now();
  let missing = await withoutRecord(ids);
  while (missing.size > 0 && performance.now() - backAt < 120_000) missing = await withoutRecord([...missing]);
  expect(missing.size).toBe(0);
  const rows = await db().$queryRaw<{ n: number }[]>`
    select count(*)::int as n from "CallRecord" where "credentialId" = ${credential.id}::uuid and status = 200`;
  figure(
    `Postgres away for ${AWAY_MS / 1000} s: calls, failed, records lost`,
    `${ids.length}, 0, 0`,
    "0 failed, 0 lost",
  );
  figure("all records there, after it was back", `${((performance.now() - backAt) / 1000).toFixed(1)} s`);
  // Each once; the gateway with the limit took some calls of this credential as well.
  expect(rows[0]?.n).toBeGreaterThanOrEqual(ids.length);

  while (answer.status !== 200) answer = await ask();
  // Changes are seen again, by all.
  await db().$executeRaw`select 1`;
  let live = await change("credential", other.id, (tx) =>
    tx.credential.update({ where: { id: other.id }, data: { status: "revoked" } }),
  );
  while (!live.complete) live = await change("credential", other.id, async () => undefined);
  expect(live.gateways).toBe(WORKERS + 1);
  expect((await call(path, { headers: pairHeaders(other) }, gateway.address)).status).toBe(401);
});
