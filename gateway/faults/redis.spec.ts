import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operation, pairInHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { closeDb } from "#lib/db/client.ts";
import { makeApplication, makeCredential, makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";
import { NO_REDIS, type OwnRedis, redisServer, startRedis } from "#lib/test-kit/redis.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { isFull } from "./scale.ts";

// Redis under load: killed, empty when it comes back, and hanging. No call fails, and the limit holds.

const LIMIT = isFull ? 60_000 : 6_000;
/** Calls at the same time, over both gateways. */
const CLIENTS = 16;
const WEEK_SECONDS = 604_800;

let database: OwnDatabase;
let redis: OwnRedis;
let backend: RecordingBackend;
let gateways: OwnGateway[] = [];
let path = "";
let headers: Record<string, string> = {};

beforeAll(async () => {
  if (!redisServer) return;
  backend = await startBackend();
  backend.answer = (_req, res) => void res.end("ok");
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  redis = await startRedis(await freePort());
  gateways = await Promise.all([1, 2].map(() => startGateway(database.url, { env: { REDIS_URL: redis.url } })));
  const place = await makePlace();
  const published = await publish({
    place,
    backendUrl: backend.url,
    basePath: "/limited",
    schemes: pairInHeaders,
    operations: [operation("GET", "/x", [["id", "secret"]])],
    rateLimits: [{ limit: LIMIT, windowSeconds: WEEK_SECONDS }],
  });
  path = `${published.path}/x`;
  const applicationId = await makeApplication(place);
  await subscribe(applicationId, published);
  const { clientId, secret } = await makeCredential(applicationId);
  headers = { "X-IBM-Client-Id": clientId, "X-IBM-Client-Secret": secret };
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await closeDb();
  await database?.stop();
  await redis?.stop();
  await backend?.stop();
});

test.skipIf(!redisServer)(
  `a limit holds over two gateways while Redis is killed, comes back empty, and hangs${redisServer ? "" : ` (${NO_REDIS})`}`,
  { timeout: 600_000 },
  async () => {
    const agent = new Agent({ keepAlive: true });
    const statuses = new Map<number, number>();
    const count = (status: number) => statuses.get(status) ?? 0;
    let calls = 0;
    const call = async () => {
      calls += 1;
      const gateway = gateways[calls % gateways.length] as OwnGateway;
      const req = request(`${gateway.address}${path}`, { headers, agent });
      req.end();
      const [res] = (await once(req, "response")) as [IncomingMessage];
      res.resume();
      await once(res, "end");
      statuses.set(res.statusCode ?? 0, count(res.statusCode ?? 0) + 1);
    };
    /** Loads until this part of the limit has passed. */
    const untilPassed = async (part: number) => {
      const goal = LIMIT * part;
      const client = async () => {
        while (count(200) < goal && count(429) === 0) await call();
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
    };
    await untilPassed(0.2);
    await Promise.all([untilPassed(0.4), redis.kill()]);
    await Promise.all([untilPassed(0.6), redis.restart()]);
    redis.process.kill("SIGSTOP");
    await untilPassed(0.8);
    redis.process.kill("SIGCONT");
    // Past the limit by far.
    for (let i = 0; i < LIMIT * 0.3; i += CLIENTS) await Promise.all(Array.from({ length: CLIENTS }, call));
    agent.destroy();
    console.log(`limit ${LIMIT}: ${count(200)} passed, ${count(429)} refused`);
    expect([...statuses.keys()].sort()).toEqual([200, 429]);
    expect(count(200)).toBeLessThanOrEqual(LIMIT);
    // A call whose answer was lost with Redis may have been counted there and once more without it.
    expect(count(200)).toBeGreaterThanOrEqual(LIMIT - 3 * CLIENTS);
  },
);
