import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { newClientSecret } from "#lib/crypto/client-secret.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { type ChangeKind, recordChange } from "#lib/gateway-feed/record-change.ts";
import {
  addSecret,
  change,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";

let api: FixturePublished;
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x", [["id", "secret"]])];
  api = await publish({ place, backendUrl: backend.url, basePath: "/live", schemes: pairInHeaders, operations });
});

async function client(): Promise<FixtureCredential & { subscriptionId: string }> {
  const applicationId = await makeApplication(fixture.place);
  const subscriptionId = await subscribe(applicationId, api);
  return { ...(await makeCredential(applicationId)), subscriptionId };
}

const status = async (app: FixtureCredential) => (await call(`${api.path}/x`, { headers: pairHeaders(app) })).status;
const revoke = (id: string) => (tx: Tx) => tx.credential.update({ where: { id }, data: { status: "revoked" } });

/** The contract (gateway.md part 8). Under `npm test` the machine's other work counts too: there it shows that, not when. */
const IN_FORCE_MS = process.env.TARGET ? 1_000 : 20_000;

/** Milliseconds from the commit until calls are no longer answered 200, calling without a pause. */
async function untilRefused(app: FixtureCredential, kind: ChangeKind, id: string, work: (tx: Tx) => Promise<unknown>) {
  expect(await status(app)).toBe(200);
  await transaction(async (tx) => {
    await work(tx);
    await recordChange(tx, kind, id);
  });
  const committed = performance.now();
  while ((await status(app)) === 200) if (performance.now() - committed > 20_000) return Number.POSITIVE_INFINITY;
  return performance.now() - committed;
}

describe("a change is in force within one second of its commit", () => {
  test("a revoked credential", async () => {
    const app = await client();
    expect(await untilRefused(app, "credential", app.id, revoke(app.id))).toBeLessThan(IN_FORCE_MS);
  });

  test("a suspended application", async () => {
    const app = await client();
    const { applicationId } = app;
    const suspend = (tx: Tx) => tx.application.update({ where: { id: applicationId }, data: { state: "suspended" } });
    expect(await untilRefused(app, "application", applicationId, suspend)).toBeLessThan(IN_FORCE_MS);
  });

  test("a cancelled subscription", async () => {
    const app = await client();
    const id = app.subscriptionId;
    const cancel = (tx: Tx) => tx.subscription.update({ where: { id }, data: { state: "cancelled" } });
    expect(await untilRefused(app, "subscription", id, cancel)).toBeLessThan(IN_FORCE_MS);
  });

  test("a deleted application, without a word about its credentials", async () => {
    const app = await client();
    const { applicationId } = app;
    const remove = (tx: Tx) => tx.application.delete({ where: { id: applicationId } });
    expect(await untilRefused(app, "application", applicationId, remove)).toBeLessThan(IN_FORCE_MS);
  });

  test("a revocation, also while somebody else's transaction stays open", async () => {
    const app = await client();
    const other = new pg.Client({ connectionString: inject("databaseUrl") });
    await other.connect();
    // A transaction with an ID of its own holds the horizon of the feed back.
    await other.query("begin");
    await other.query("select pg_current_xact_id()");
    try {
      expect(await untilRefused(app, "credential", app.id, revoke(app.id))).toBeLessThan(IN_FORCE_MS);
    } finally {
      await other.query("rollback");
      await other.end();
    }
  });

  test("a transaction that commits late, after younger ones, is not skipped", async () => {
    const [late, young] = [await client(), await client()];
    const writer = new pg.Client({ connectionString: inject("databaseUrl") });
    await writer.connect();
    await writer.query("begin");
    await writer.query(
      `insert into "GatewayChange" (xid, kind, "entityId") values (pg_current_xact_id()::text::bigint, 'credential', $1)`,
      [late.id],
    );
    await writer.query(`update "Credential" set status = 'revoked' where id = $1`, [late.id]);
    expect(await untilRefused(young, "credential", young.id, revoke(young.id))).toBeLessThan(IN_FORCE_MS);
    expect(await status(late)).toBe(200);
    await writer.query("commit");
    const committed = performance.now();
    while ((await status(late)) === 200) expect(performance.now() - committed).toBeLessThan(IN_FORCE_MS);
    await writer.end();
  });
});

describe("after the action's answer", () => {
  test("not one call with a revoked credential gets through", async () => {
    const app = await client();
    const live = await change("credential", app.id, revoke(app.id));
    expect(live).toMatchObject({ complete: true });
    expect(live.waitedMs).toBeLessThan(IN_FORCE_MS);
    expect(await status(app)).toBe(401);
  });

  test("a new credential works at once", async () => {
    expect(await status(await client())).toBe(200);
  });

  test("old and new secret work during a rotation; then only the new one", async () => {
    const app = await client();
    const secret = newClientSecret("sandbox");
    await change("credential", app.id, (tx) => addSecret(tx, app.id, app.clientId, secret));
    expect([await status(app), await status({ ...app, secret })]).toEqual([200, 200]);
    await change("credential", app.id, (tx) =>
      tx.credentialSecret.updateMany({
        where: { credentialId: app.id, last4: app.secret.slice(-4) },
        data: { notAfter: new Date() },
      }),
    );
    expect([await status(app), await status({ ...app, secret })]).toEqual([401, 200]);
  });

  test("a test credential works in its own catalog alone", async () => {
    const { place, backend } = fixture;
    const operations = [operation("GET", "/x", [["id", "secret"]])];
    const common = { place, backendUrl: backend.url, schemes: pairInHeaders, operations };
    const elsewhere = await publish({ ...common, basePath: "/live", catalog: "production" });
    const applicationId = await makeApplication(place);
    for (const one of [api, elsewhere]) await subscribe(applicationId, one);
    const own = await makeCredential(applicationId, { kind: "test", catalogId: place.sandboxId });
    expect(await status(own)).toBe(200);
    const bound = await makeCredential(applicationId, { kind: "explore", catalogId: place.productionId });
    const answer = await call(`${api.path}/x`, { headers: pairHeaders(bound) });
    expect([answer.status, answer.json.code]).toEqual([401, "CLIENT_ID_NOT_REGISTERED"]);
  });

  test("a retired product's route is gone, and a damaged row takes nothing else with it", async () => {
    const { place, backend } = fixture;
    const common = { place, backendUrl: backend.url, operations: [operation("GET", "/x")] };
    const gone = await publish({ ...common, basePath: "/retired" });
    expect((await call(`${gone.path}/x`)).status).toBe(200);
    await change("release", gone.releaseId, (tx) =>
      tx.productRelease.update({ where: { id: gone.releaseId }, data: { state: "retired" } }),
    );
    expect((await call(`${gone.path}/x`)).json.code).toBe("API_NOT_FOUND");
    const damaged = await publish({ ...common, basePath: "/damaged", compiled: { format: 9 } });
    expect((await call(`${damaged.path}/x`)).json.code).toBe("API_NOT_FOUND");
    expect(await status(await client())).toBe(200);
  });
});

test("the exact cause of a refusal is recorded for the owner, with the request ID that the client got", async () => {
  const app = await client();
  const answer = await call(`${api.path}/x`, { headers: pairHeaders({ ...app, secret: newClientSecret("sandbox") }) });
  const read = () =>
    db().$queryRaw<Record<string, unknown>[]>`
      select code, cause, status, "applicationId", "credentialId", "operationKey", method, "organizationId"
      from "CallRecord" where "requestId" = ${answer.json.requestId}::uuid`;
  const started = Date.now();
  let rows = await read();
  while (rows.length === 0 && Date.now() - started < 20_000) rows = await read();
  expect(rows).toEqual([
    {
      code: "CREDENTIAL_INVALID",
      cause: "secret-wrong",
      status: 401,
      applicationId: app.applicationId,
      credentialId: app.id,
      operationKey: "GET /x",
      method: "GET",
      organizationId: fixture.place.organizationId,
    },
  ]);
});
