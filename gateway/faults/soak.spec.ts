import { readdirSync, readlinkSync } from "node:fs";
import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { type HostileBackend, startHostileBackend } from "#gateway/conformance/kit/hostile-backend.ts";
import { seeded } from "#gateway/conformance/kit/mutate.ts";
import { operation } from "#gateway/conformance/kit/own-fixture.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { abandonPipelined, makeCall, makePipelined } from "#gateway/conformance/kit/soak-client.ts";
import { planOf, quietPlan } from "#gateway/conformance/kit/soak-plan.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { freePort } from "#scripts/embedded-postgres.ts";

// Everything that can go wrong on both sides, at once: what calls do follows from the seed, in which order from the
// machine. SOAK_SEED=7 SOAK_TURNS=1000 for another run.

const SEED = Number(process.env.SOAK_SEED ?? 20_261_122);
/** Of each client. */
const TURNS = Number(process.env.SOAK_TURNS ?? 25);
const CLIENTS = 24;

let database: OwnDatabase;
let gateway: OwnGateway;
let backend: HostileBackend;
let admin = "";
let path = "";
let apiDefinitionId = "";

/** Sockets of the gateway's process. */
function sockets(): number {
  const folder = `/proc/${gateway.process.pid}/fd`;
  const targets = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.startsWith("socket:")).length;
}

async function inFlight(): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return Number(/^portico_calls_in_flight(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1]);
}

async function records(): Promise<{ stored: number; different: number }> {
  const rows = await db().$queryRaw<{ stored: number; different: number }[]>`
    select count(*)::int as stored, count(distinct "requestId")::int as different
    from "CallRecord" where "apiId" = ${apiDefinitionId}::uuid`;
  return rows[0] ?? { stored: 0, different: 0 };
}

/** One client: call after call over a connection that it keeps, or several at once. The calls that it made. */
async function client(number: number): Promise<number> {
  const random = seeded(SEED * 1_000_003 + number);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let made = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const nonce = `${SEED}-${number}-${turn}`;
    const kind = random();
    if (kind > 0.1) {
      await makeCall(gateway.address, path, backend, planOf(nonce, random), agent);
      made += 1;
      continue;
    }
    const plans = [0, 1, 2].map((at) => quietPlan(`${nonce}-${at}`, random));
    await (kind > 0.05 ? makePipelined : abandonPipelined)(gateway.address, path, backend, plans);
    made += plans.length;
  }
  agent.destroy();
  return made;
}

// /proc tells the sockets of the gateway's process.
describe.skipIf(process.platform !== "linux")("a soak", () => {
  beforeAll(async () => {
    database = await startDatabase();
    process.env.DATABASE_URL = database.url;
    backend = await startHostileBackend();
    const place = await makePlace();
    const operations = ["GET", "HEAD", "POST", "PUT", "DELETE"].map((method) => operation(method, "/soak"));
    const published = await publish({ place, backendUrl: backend.url, basePath: "/all", operations });
    path = `${published.path}/soak`;
    apiDefinitionId = published.apiDefinitionId;
    const port = await freePort();
    admin = `http://127.0.0.1:${port}`;
    gateway = await startGateway(database.url, { env: { GATEWAY_ADMIN_PORT: String(port) } });
  });
  afterAll(async () => {
    await gateway?.stop();
    await backend?.stop();
    await closeDb();
    await database?.stop();
  });

  test(`every call gets its own answer, whole or none, and nothing is left of it (seed ${SEED})`, async () => {
    expect((await call("/nowhere", {}, gateway.address)).status).toBe(404);
    const before = sockets();
    const made = await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    expect(backend.faults, `seed ${SEED}`).toEqual([]);
    await expect.poll(inFlight, { timeout: 25_000 }).toBe(0);
    const calls = made.reduce((sum, each) => sum + each, 0);
    await expect.poll(records, { timeout: 25_000 }).toEqual({ stored: calls, different: calls });
    // Idle connections to the backend are given up after four seconds.
    await expect.poll(() => backend.open, { timeout: 25_000 }).toBe(0);
    await expect.poll(sockets, { timeout: 25_000 }).toBeLessThanOrEqual(before + 2);
    expect((await call("/nowhere", {}, gateway.address)).status).toBe(404);
  }, 120_000);
});
