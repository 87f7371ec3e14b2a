import { monitorEventLoopDelay } from "node:perf_hooks";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnDatabase, startDatabase } from "#gateway/conformance/kit/own-gateway.ts";
import { applyChanges, loadAll } from "#gateway/snapshot/load.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { closeDb } from "#lib/db/client.ts";
import { type FixturePublished, makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { figure } from "./kit/figure.ts";
import { isFull } from "./scale.ts";

// A release that very many are subscribed to is published anew, and its subscriptions change, beside calls.

const SUBSCRIPTIONS = isFull ? 500_000 : 5_000;
const CHANGED = Math.min(SUBSCRIPTIONS, 20_000);
const STOP_MS_MAX = 20;
const MB = 1024 * 1024;

let database: OwnDatabase;
let api: FixturePublished;
let sql: pg.Client;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  const place = await makePlace();
  const rateLimits = [{ limit: 100, windowSeconds: 3_600 }];
  api = await publish({ place, backendUrl: "http://127.0.0.1:1", basePath: "/w", operations: [], rateLimits });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  await sql.query("set session_replication_role = replica");
  await sql.query(
    `insert into "Application" (id, "organizationId", name)
     select gen_random_uuid(), $1, 'Application ' || n from generate_series(1, $2) n`,
    [place.organizationId, SUBSCRIPTIONS],
  );
  await sql.query(
    `insert into "Subscription" (id, "applicationId", "productId", "catalogId", "releaseId", "releasePlanId", state)
     select gen_random_uuid(), id, $1, $2, $3, $4, 'active' from "Application"`,
    [api.productId, api.catalogId, api.releaseId, api.planId],
  );
  await sql.query("set session_replication_role = origin");
  await sql.query("analyze");
}, 300_000);
afterAll(async () => {
  await sql?.end();
  await closeDb();
  await database?.stop();
});

/** The longest that the event loop stood still meanwhile, ms, and what memory grew by. */
async function watched(work: () => Promise<void>): Promise<{ stopMs: number; grownMb: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.memoryUsage.rss();
  delay.enable();
  await work();
  delay.disable();
  return { stopMs: delay.max / 1e6, grownMb: (process.memoryUsage.rss() - before) / MB };
}

test(`a release with ${SUBSCRIPTIONS} subscriptions changes, ${CHANGED} of them change, and all are loaded beside calls`, async () => {
  const snapshot = new Snapshot();
  await loadAll(snapshot);
  expect(snapshot.sizes().subscriptions).toBe(SUBSCRIPTIONS);
  const { rows } = await sql.query(`select id from "Subscription" limit $1`, [CHANGED]);
  const { xid } = (await sql.query("select pg_current_xact_id()::text::bigint as xid")).rows[0];
  const change = { id: 1n, xid: BigInt(xid) };
  const release = () => applyChanges(snapshot, [{ ...change, kind: "release", entityId: api.releaseId }]);
  // Once, so that what is done is compiled.
  await release();

  const published = await watched(release);
  const changed = await watched(() =>
    applyChanges(
      snapshot,
      rows.map(({ id }) => ({ ...change, kind: "subscription", entityId: id })),
    ),
  );
  const loaded = await watched(() => loadAll(new Snapshot(snapshot)));
  const said = ({ stopMs, grownMb }: typeof published) => `${stopMs.toFixed(1)} ms, ${grownMb.toFixed(0)} MB`;
  figure(`${SUBSCRIPTIONS} subscriptions: longest stop, growth; published anew`, said(published), `${STOP_MS_MAX} ms`);
  figure(`${CHANGED} subscriptions change: longest stop, growth`, said(changed), `${STOP_MS_MAX} ms`);
  figure(`${SUBSCRIPTIONS} subscriptions loaded beside calls: longest stop, growth`, said(loaded), `${STOP_MS_MAX} ms`);
  if (isFull) expect(Math.max(published.stopMs, changed.stopMs)).toBeLessThan(STOP_MS_MAX);
}, 300_000);
