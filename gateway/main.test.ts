import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { type OwnGateway, startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { db } from "#lib/db/client.ts";
import { dismissGateway } from "#lib/gateway-feed/dismiss-gateway.ts";
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
import { administrator } from "#lib/test-kit/people.ts";
import { Wire } from "#lib/test-kit/wire.ts";
import { operation, pairHeaders, pairInHeaders } from "./conformance/kit/own-fixture.ts";

ownDatabase();

let wire: Wire;
let gateway: OwnGateway;
let backend: RecordingBackend;
let api: FixturePublished;
let credential: Awaited<ReturnType<typeof makeCredential>>;
const stopped: number[] = [];

beforeAll(async () => {
  wire = new Wire(process.env.DATABASE_URL ?? "");
  await wire.up();
  backend = await startBackend();
  gateway = await startGateway(wire.url());
  const place = await makePlace();
  const operations = [operation("GET", "/x", [["id", "secret"]])];
  api = await publish({ place, backendUrl: backend.url, basePath: "/w", schemes: pairInHeaders, operations });
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, api);
  credential = await makeCredential(applicationId);
});
afterAll(async () => {
  if (gateway && stopped.length === 0) await gateway.stop();
  await backend?.stop();
  await wire?.down();
});

const get = () => call(`${api.path}/x`, { headers: pairHeaders(credential) }, gateway.address);

test("a gateway that serves has never loaded argon2", async () => {
  expect((await get()).status).toBe(200);
  expect(readFileSync(`/proc/${gateway.process.pid}/maps`, "utf8")).not.toContain("argon2");
});

test("while Postgres is away known credentials work; afterwards no record is lost and changes are seen", async () => {
  await wire.down();
  const ids: string[] = [];
  const started = Date.now();
  // Long enough for the polls, the heartbeat and a batch of records to fail.
  while (Date.now() - started < 1_500) {
    const answer = await get();
    expect(answer.status).toBe(200);
    ids.push(answer.headers["x-request-id"] ?? "");
  }
  await db().$executeRaw`delete from "GatewayNode"`;
  await wire.up();
  const live = await change("credential", credential.id, (tx) =>
    tx.credential.update({ where: { id: credential.id }, data: { status: "revoked" } }),
  );
  while (!live.complete && (await db().gatewayNode.count()) === 0) expect(Date.now() - started).toBeLessThan(80_000);
  while ((await get()).status !== 401) expect(Date.now() - started).toBeLessThan(80_000);
  let found = 0;
  while (found < ids.length) {
    const rows = await db().$queryRaw<{ n: number }[]>`
      select count(*)::int as n from "CallRecord" where "requestId" = any(${ids}::uuid[])`;
    found = rows[0]?.n ?? 0;
    expect(Date.now() - started).toBeLessThan(80_000);
  }
  await change("credential", credential.id, (tx) =>
    tx.credential.update({ where: { id: credential.id }, data: { status: "active" } }),
  );
}, 90_000);

test("one that was dismissed and runs on enters itself again, and counts once it has caught up", async () => {
  const deadline = Date.now() + 80_000;
  const { id } = await db().gatewayNode.findFirstOrThrow();
  gateway.process.kill("SIGSTOP");
  const operator = await administrator();
  for (;;) {
    const refused = await dismissGateway(operator, { gatewayId: id }).catch((error) => error.code);
    if (refused !== "STATE_INVALID") break;
    expect(Date.now()).toBeLessThan(deadline);
  }
  expect(await db().gatewayNode.count()).toBe(0);
  const away = await change("credential", credential.id, (tx) =>
    tx.credential.update({ where: { id: credential.id }, data: { status: "revoked" } }),
  );
  expect(away).toMatchObject({ gateways: 0, complete: false });
  gateway.process.kill("SIGCONT");
  // Its row is seen with the change applied, or not at all as one that has confirmed.
  let back = await change("credential", credential.id, async () => undefined);
  while (!back.complete) {
    expect(Date.now()).toBeLessThan(deadline);
    back = await change("credential", credential.id, async () => undefined);
  }
  expect([back.gateways, (await get()).status]).toEqual([1, 401]);
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await db().gatewayNode.findMany({ select: { id: true, version: true } })).toEqual([{ id, version }]);
  await change("credential", credential.id, (tx) =>
    tx.credential.update({ where: { id: credential.id }, data: { status: "active" } }),
  );
}, 90_000);

test("a port in use is one clear line and code 1", async () => {
  const port = new URL(gateway.address).port;
  const child = spawn(process.execPath, ["gateway/main.ts"], { env: { ...process.env, GATEWAY_PORT: port } });
  let text = "";
  child.stderr.on("data", (piece) => {
    text += piece;
  });
  const [code] = await once(child, "exit");
  expect([code, text]).toEqual([1, `gateway: port ${port} is in use; set GATEWAY_PORT to a free one\n`]);
});

test("SIGTERM ends calls in flight, writes their records, leaves the list of gateways, and is code 0", async () => {
  while ((await get()).status !== 200);
  const reached = new Promise<() => void>((resolve) => {
    backend.answer = (_req, res) => resolve(() => res.end("late"));
  });
  const pending = get();
  const release = await reached;
  const ended = gateway.stop();
  const refused = new Promise<boolean>((done) => {
    const attempt = () =>
      connect(Number(new URL(gateway.address).port), "127.0.0.1")
        .once("connect", function (this: Socket) {
          this.destroy();
          attempt();
        })
        .once("error", () => done(true));
    attempt();
  });
  expect(await refused).toBe(true);
  release();
  const answer = await pending;
  expect([answer.status, answer.text, answer.headers.connection]).toEqual([200, "late", "close"]);
  stopped.push((await ended) ?? -1);
  expect(stopped).toEqual([0]);
  expect(await db().gatewayNode.count()).toBe(0);
  const requestId = answer.headers["x-request-id"] ?? "";
  const rows = await db().$queryRaw`select 1 from "CallRecord" where "requestId" = ${requestId}::uuid`;
  expect(rows).toHaveLength(1);
});
