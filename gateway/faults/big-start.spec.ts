import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { operation, pairHeaders, pairInHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { pepper } from "#lib/crypto/keys.ts";
import { closeDb } from "#lib/db/client.ts";
import {
  addSecret,
  change,
  type FixturePublished,
  makeCredential,
  makePlace,
  publish,
} from "#lib/test-kit/gateway-fixture.ts";
import { figure } from "./kit/figure.ts";
import { isFull } from "./scale.ts";

const APPLICATIONS = isFull ? 100_000 : 2_000;
const CREDENTIALS_EACH = 10;
const CREDENTIALS = APPLICATIONS * CREDENTIALS_EACH;
const MB = 1024 * 1024;

let database: OwnDatabase;
let backend: RecordingBackend;
let api: FixturePublished;
let sql: pg.Client;

beforeAll(async () => {
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  backend = await startBackend();
  const place = await makePlace();
  const operations = [operation("GET", "/x", [["id", "secret"]])];
  const rateLimits = [{ limit: 100, windowSeconds: 3_600 }];
  api = await publish({
    place,
    backendUrl: backend.url,
    basePath: "/w",
    schemes: pairInHeaders,
    operations,
    rateLimits,
  });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql?.end();
  await backend?.stop();
  await closeDb();
  await database?.stop();
});

/** Fills the tables as quickly as Postgres can: references are right by construction, so they are not checked one by one. */
async function fill(): Promise<void> {
  const { organizationId } = (await sql.query(`select id as "organizationId" from "Organization"`)).rows[0];
  await sql.query("set session_replication_role = replica");
  await sql.query(
    `insert into "Application" (id, "organizationId", name)
     select gen_random_uuid(), $1, 'Application ' || n from generate_series(1, $2) n`,
    [organizationId, APPLICATIONS],
  );
  await sql.query(
    `insert into "Subscription" (id, "applicationId", "productId", "catalogId", "releaseId", "releasePlanId", state)
     select gen_random_uuid(), id, $1, $2, $3, $4, 'active' from "Application"`,
    [api.productId, api.catalogId, api.releaseId, api.planId],
  );
  await sql.query(
    `insert into "Credential" (id, "applicationId", "clientId", environment, name)
     select gen_random_uuid(), a.id, encode(uuid_send(gen_random_uuid()), 'hex'), 'sandbox', 'Credential ' || n
     from "Application" a, generate_series(1, $1) n`,
    [CREDENTIALS_EACH],
  );
  await sql.query(
    `insert into "CredentialSecret" (id, "credentialId", "secretHash", verifier, "verifierKeyId", last4)
     select gen_random_uuid(), id, '$argon2id$v=19$m=19456,t=2,p=1$' || repeat('x', 66), sha256(uuid_send(id)), $1, 'abcd'
     from "Credential"`,
    [pepper().id],
  );
  await sql.query("set session_replication_role = origin");
  await sql.query("analyze");
}

const resident = (gateway: OwnGateway): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, "utf8"))?.[1]) * 1024;

async function start(): Promise<{ gateway: OwnGateway; readyMs: number; bytes: number }> {
  const from = performance.now();
  const gateway = await startGateway(database.url, { env: { MALLOC_MMAP_THRESHOLD_: "131072" } });
  const readyMs = performance.now() - from;
  // What it holds, not what it held for a moment: as it is after some calls.
  for (let i = 0; i < 200; i += 1) await call("/none", {}, gateway.address);
  return { gateway, readyMs, bytes: resident(gateway) };
}

test(`a gateway starts with ${CREDENTIALS} credentials of ${APPLICATIONS} applications`, async () => {
  const idle = await start();
  await idle.gateway.stop();
  await fill();
  const { rows } = await sql.query(`select id as "applicationId" from "Application" where name = 'Application 77'`);
  const { applicationId } = rows[0];
  const known = await makeCredential(applicationId);
  const rotated = await makeCredential(applicationId);
  const before = { ...rotated };
  const { newClientSecret } = await import("#lib/crypto/client-secret.ts");
  const secret = newClientSecret("sandbox");
  await change("credential", rotated.id, (tx) => addSecret(tx, rotated.id, rotated.clientId, secret));
  const expired = await makeCredential(applicationId, { expiresAt: new Date(Date.now() - 1_000) });

  const { gateway, readyMs, bytes } = await start();
  try {
    const status = async (one: { clientId: string; secret: string }) =>
      (await call(`${api.path}/x`, { headers: pairHeaders(one) }, gateway.address)).status;
    expect(await Promise.all([known, before, { ...rotated, secret }].map(status))).toEqual([200, 200, 200]);
    expect(await Promise.all([expired, { ...known, secret }].map(status))).toEqual([401, 401]);
    // What it started with follows changes like everything else.
    await change("credential", known.id, (tx) =>
      tx.credential.update({ where: { id: known.id }, data: { status: "revoked" } }),
    );
    expect([await status(known), await status(before)]).toEqual([401, 200]);

    const overIdle = bytes - idle.bytes;
    figure(
      `${CREDENTIALS} credentials: ready, with the start of the process`,
      `${(readyMs / 1000).toFixed(1)} s`,
      "< 10 s",
    );
    figure("without any", `${(idle.readyMs / 1000).toFixed(1)} s`);
    figure("memory over idle", `${(overIdle / MB).toFixed(0)} MB of ${(bytes / MB).toFixed(0)} MB`, "<= 200 MB");
    if (isFull) {
      expect(readyMs).toBeLessThan(10_000);
      expect(overIdle).toBeLessThanOrEqual(200 * MB);
    }
  } finally {
    await gateway.stop();
  }
});
