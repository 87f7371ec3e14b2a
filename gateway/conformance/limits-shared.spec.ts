import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from "vitest";
import { db } from "#lib/db/client.ts";
import {
  type FixtureApi,
  type FixtureCredential,
  type FixturePublished,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { NO_REDIS, type OwnRedis, redisServer, startRedis } from "#lib/test-kit/redis.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";
import { type OwnGateway, startGateway } from "./kit/own-gateway.ts";

// Several gateways that count together, beside the one that is tested and with its database.

// Each test starts processes.
vi.setConfig({ testTimeout: 120_000 });

/** No test crosses the edge of a window. */
const WEEK = 604_800;

const fixture = ownFixture(async () => undefined);
const gateways: OwnGateway[] = [];
let redis: OwnRedis | undefined;
let count = 0;

beforeAll(async () => {
  if (redisServer) redis = await startRedis(await freePort());
});
afterAll(() => redis?.stop());
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()));
});

async function startMore(more: number, env: Record<string, string> = {}): Promise<string[]> {
  const start = () => startGateway(inject("databaseUrl"), { env });
  gateways.push(...(await Promise.all(Array.from({ length: more }, start))));
  return gateways.map((gateway) => gateway.address);
}

async function limited(limits: Pick<FixtureApi, "rateLimits" | "quotas">): Promise<FixturePublished> {
  count += 1;
  return publish({
    place: fixture.place,
    backendUrl: fixture.backend.url,
    basePath: `/shared-${count}`,
    schemes: pairInHeaders,
    operations: [operation("GET", "/x", [["id", "secret"]])],
    ...limits,
  });
}

async function client(api: FixturePublished): Promise<FixtureCredential> {
  const applicationId = await makeApplication(fixture.place);
  await subscribe(applicationId, api);
  return makeCredential(applicationId);
}

/** Calls all of the gateways at once, in turn; how many were let through. */
async function callAll(addresses: string[], api: FixturePublished, app: FixtureCredential, calls: number) {
  const answers = await Promise.all(
    Array.from({ length: calls }, (_, i) =>
      call(`${api.path}/x`, { headers: pairHeaders(app) }, addresses[i % addresses.length]),
    ),
  );
  const statuses = answers.map((answer) => answer.status);
  expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  return statuses.filter((status) => status === 200).length;
}

test("a hard limit of N on four processes lets exactly N of 10 N parallel calls through (gateway.md part 8)", async () => {
  const addresses = [inject("target"), ...(await startMore(3))];
  const api = await limited({ rateLimits: [{ limit: 60, windowSeconds: WEEK }] });
  expect(await callAll(addresses, api, await client(api), 600)).toBe(60);
});

test("the same with Redis", async (context) => {
  context.skip(!redis, NO_REDIS);
  const addresses = await startMore(4, { REDIS_URL: redis?.url ?? "" });
  const api = await limited({ rateLimits: [{ limit: 60, windowSeconds: WEEK }] });
  expect(await callAll(addresses, api, await client(api), 600)).toBe(60);
});

test("Redis killed under calls: none fails, and the limit holds within what each had let through", async (context) => {
  context.skip(!redis, NO_REDIS);
  const addresses = await startMore(2, { REDIS_URL: redis?.url ?? "" });
  const api = await limited({ rateLimits: [{ limit: 200, windowSeconds: WEEK }] });
  const app = await client(api);
  const first = await callAll(addresses, api, app, 50);
  const during = callAll(addresses, api, app, 400);
  await redis?.kill();
  const passed = first + (await during) + (await callAll(addresses, api, app, 400));
  expect(passed).toBeGreaterThanOrEqual(150);
  expect(passed).toBeLessThanOrEqual(400);
  await redis?.restart();
});

test("a gateway that joins takes over what another counted alone, and one that leaves hands its leases back", async () => {
  const api = await limited({ rateLimits: [{ limit: 40, windowSeconds: WEEK }] });
  const app = await client(api);
  expect(await callAll([inject("target")], api, app, 10)).toBe(10);
  const [joined = ""] = await startMore(1);
  expect(await callAll([joined, inject("target")], api, app, 16)).toBe(16);
  await gateways.pop()?.stop();
  expect(await callAll([inject("target")], api, app, 100)).toBe(14);
});

test("a quota survives kill -9: what is lost is unused allowance, never granted twice", async () => {
  const [address = ""] = await startMore(1);
  const api = await limited({ quotas: [{ limit: 100, unit: "month" }] });
  const app = await client(api);
  expect(await callAll([address], api, app, 70)).toBe(70);
  const dying = gateways.pop();
  const ended = dying && once(dying.process, "exit");
  dying?.process.kill("SIGKILL");
  await ended;
  // Nobody starts in its place, so the portal would go on to say that it has not confirmed what others publish.
  const { port = "" } = new URL(address);
  await db().gatewayNode.deleteMany({ where: { address: { endsWith: `:${port}` } } });
  const [next = ""] = await startMore(1);
  const rest = await callAll([next], api, app, 100);
  expect(rest).toBeLessThanOrEqual(30);
  expect(rest).toBeGreaterThan(0);
});
