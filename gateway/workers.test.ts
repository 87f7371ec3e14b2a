import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { type OwnGateway, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import {
  change,
  type FixturePublished,
  makeApplication,
  makeCredential,
  makePlace,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { operation, pairHeaders, pairInHeaders } from "./conformance/kit/own-fixture.ts";

ownDatabase();

const WORKERS = 3;
/** Each on a connection of its own, so that every worker has its share. */
const CALLS = 30;
let gateway: OwnGateway;
let admin: string;
let backend: RecordingBackend;
let api: FixturePublished;
let credential: Awaited<ReturnType<typeof makeCredential>>;
let running = true;

beforeAll(async () => {
  backend = await startBackend();
  const port = await freePort();
  admin = `http://127.0.0.1:${port}`;
  const env = { GATEWAY_ADMIN_PORT: String(port) };
  gateway = await startGateway(process.env.DATABASE_URL ?? "", { workers: WORKERS, env });
  const place = await makePlace();
  const operations = [operation("GET", "/x", [["id", "secret"]])];
  api = await publish({ place, backendUrl: backend.url, basePath: "/w", schemes: pairInHeaders, operations });
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, api);
  credential = await makeCredential(applicationId);
});
afterAll(async () => {
  if (running) await gateway?.stop();
  await backend?.stop();
});

const get = () => call(`${api.path}/x`, { headers: pairHeaders(credential) }, gateway.address);
const ask = (path: string) => call(path, {}, admin);
/** The processes that the parent has started and that still run. */
const children = (): number[] =>
  readFileSync(`/proc/${gateway.process.pid}/task/${gateway.process.pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);

/** The value of a series in the exposition, e.g. `portico_calls_total{status="2xx"}`; labels in any order. */
async function metric(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { text } = await ask("/metrics");
  const line = text
    .split("\n")
    .find((l) => l.startsWith(`${name}{`) && Object.entries(labels).every(([k, v]) => l.includes(`${k}="${v}"`)));
  return Number(line?.slice(line.lastIndexOf(" ") + 1) ?? Number.NaN);
}

test("several processes serve one port, and the admin port answers for all of them", async () => {
  expect(children()).toHaveLength(WORKERS);
  for (let i = 0; i < CALLS; i += 1) expect((await get()).status).toBe(200);
  expect((await call(`${api.path}/x`, {}, gateway.address)).status).toBe(401);
  const ready = await ask("/readyz");
  expect([ready.status, ready.json.ready, Object.keys(ready.json.workers)]).toEqual([200, true, ["1", "2", "3"]]);
  expect((await ask("/healthz")).json).toEqual({ status: "ok" });
  const calls = { api: api.path, status: "2xx" };
  // A call is counted when its answer has left, which its client may know before.
  await expect.poll(() => metric("portico_calls_total", calls)).toBe(CALLS);
  await expect.poll(() => metric("portico_refusals_total", { code: "CREDENTIAL_MISSING" })).toBe(1);
  expect(await metric("portico_call_duration_seconds_bucket", { le: "+Inf" })).toBe(CALLS + 1);
  for (const worker of ["1", "2", "3"]) {
    expect(await metric("portico_snapshot_entries", { worker, kind: "apis" })).toBe(1);
    expect(await metric("portico_gateways_alive", { worker })).toBeLessThanOrEqual(WORKERS);
  }
  const paths = ["/", "/metrics/", `${api.path}/x`];
  for (const path of paths) expect((await ask(path)).status).toBe(404);
  expect((await call("/readyz", { method: "POST" }, admin)).status).toBe(405);
});

test("every process is waited for: a revocation holds on all of them when its action has answered", async () => {
  const own = await makeCredential(credential.applicationId);
  const live = await change("credential", own.id, (tx) =>
    tx.credential.update({ where: { id: own.id }, data: { status: "revoked" } }),
  );
  expect(live).toMatchObject({ gateways: WORKERS, live: WORKERS, complete: true });
  for (let i = 0; i < CALLS; i += 1) {
    expect((await call(`${api.path}/x`, { headers: pairHeaders(own) }, gateway.address)).status).toBe(401);
  }
});

test("a worker that is killed is started again; the others serve, and no new connection meets an error", async () => {
  const before = children();
  const killed = before[1] as number;
  const deadline = Date.now() + 80_000;
  process.kill(killed, "SIGKILL");
  // Its connections are lost with it. All that are made once it is gone are served by the others.
  while (children().includes(killed)) expect(Date.now()).toBeLessThan(deadline);
  const others = () => children().filter((pid) => !before.includes(pid));
  const replaced = async () => others().length === 1 && (await ask("/readyz")).json.workers["2"]?.ready === true;
  while (!(await replaced())) {
    expect((await get()).status).toBe(200);
    expect(Date.now()).toBeLessThan(deadline);
  }
  for (let i = 0; i < CALLS; i += 1) expect((await get()).status).toBe(200);
  expect(children()).toHaveLength(WORKERS);
  // The row of the one that was killed goes: nobody waits for it, and nobody is told that it has not confirmed.
  while ((await db().gatewayNode.count()) > WORKERS) expect(Date.now()).toBeLessThan(deadline);
}, 90_000);

test("a port in use is one line and code 1, not one for each worker", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const fail = async (env: Record<string, string>, workers = "3") => {
    const args = ["gateway/workers.ts", "--workers", workers];
    const child = spawn(process.execPath, args, { env: { ...process.env, GATEWAY_ADMIN_PORT: "0", ...env } });
    let text = "";
    child.stderr.on("data", (piece) => {
      text += piece;
    });
    const [code] = await once(child, "close");
    return [code, text];
  };
  expect(await fail({ GATEWAY_PORT: String(port) })).toEqual([
    1,
    `gateway: port ${port} is in use; set GATEWAY_PORT to a free one\n`,
  ]);
  expect(await fail({ GATEWAY_ADMIN_PORT: String(port), GATEWAY_PORT: String(await freePort()) })).toEqual([
    1,
    `gateway: port ${port} is in use; set GATEWAY_ADMIN_PORT to a free one, or to 0 for none\n`,
  ]);
  expect(await fail({}, "0")).toEqual([1, expect.stringContaining("GATEWAY_WORKERS")]);
  taken.close();
}, 30_000);

test("SIGTERM: readiness says no while calls in flight end; then all processes are gone, with code 0", async () => {
  const reached = new Promise<() => void>((resolve) => {
    backend.answer = (_req, res) => resolve(() => res.end("late"));
  });
  const pending = get();
  const release = await reached;
  const pids = children();
  const ended = gateway.stop();
  running = false;
  let answer = await ask("/readyz");
  while (answer.status === 200) answer = await ask("/readyz");
  expect([answer.status, answer.json.reasons]).toEqual([503, expect.arrayContaining(["draining"])]);
  release();
  const late = await pending;
  expect([late.status, late.text, late.headers.connection]).toEqual([200, "late", "close"]);
  expect(await ended).toBe(0);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  expect(await db().gatewayNode.count()).toBe(0);
});
