import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { operation, pairHeaders, pairInHeaders } from "#gateway/conformance/kit/own-fixture.ts";
import { startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { db } from "#lib/db/client.ts";
import { mixtures } from "#lib/gateway-feed/limit-store.rules.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { makeApplication, makeCredential, makePlace, publish, subscribe } from "#lib/test-kit/gateway-fixture.ts";
import { NO_REDIS, redisServer, startRedis } from "#lib/test-kit/redis.ts";
import { freePort } from "#scripts/embedded-postgres.ts";

ownDatabase();

/** A gateway with its admin port, and what `/readyz` says. */
async function start(env: Record<string, string>, workers?: number) {
  const port = await freePort();
  const settings = { GATEWAY_ADMIN_PORT: String(port), ...env };
  const gateway = await startGateway(process.env.DATABASE_URL ?? "", { env: settings, ...(workers && { workers }) });
  return { gateway, readyz: () => call("/readyz", {}, `http://127.0.0.1:${port}`) };
}

test.each([
  ["PEPPER", undefined],
  ["SEAL_KEY", undefined],
  ["PEPPER", 2],
] as const)(
  "a gateway with a wrong %s says so on /readyz, and takes no calls from a load balancer (F20)",
  async (setting, workers) => {
    const place = await makePlace();
    await makeCredential(await makeApplication(place));
    const backend = { authKind: "basic" as const, username: "u", password: "p" };
    await publish({ place, backendUrl: "http://127.0.0.1:1", basePath: "/w", operations: [], backend });
    const right = await start({});
    expect((await right.readyz()).json).toMatchObject({ ready: true, reasons: [], warnings: [] });
    await right.gateway.stop();
    const wrong = await start({ [setting]: randomBytes(32).toString("base64url") }, workers);
    const answer = await wrong.readyz();
    await wrong.gateway.stop();
    expect(answer.status).toBe(503);
    expect(answer.text).toMatch(new RegExp(`${setting} is the key [0-9a-f]{8}, and .* name another`));
  },
);

test.skipIf(!redisServer)(
  `gateways with and without a Redis keep a limit together, and both say what is wrong (F18)${redisServer ? "" : ` (${NO_REDIS})`}`,
  async () => {
    const redis = await startRedis(await freePort());
    const backend = await startBackend();
    const place = await makePlace();
    const operations = [operation("GET", "/x", [["id", "secret"]])];
    const rateLimits = [{ limit: 60, windowSeconds: 604_800 }];
    const api = await publish({
      place,
      backendUrl: backend.url,
      basePath: "/w",
      schemes: pairInHeaders,
      operations,
      rateLimits,
    });
    const applicationId = await makeApplication(place);
    await subscribe(applicationId, api);
    const credential = await makeCredential(applicationId);
    const passed = async ({ gateway }: Awaited<ReturnType<typeof start>>, calls: number) => {
      const all = Array.from({ length: calls }, () =>
        call(`${api.path}/x`, { headers: pairHeaders(credential) }, gateway.address),
      );
      return (await Promise.all(all)).filter(({ status }) => status === 200).length;
    };
    const first = await start({ REDIS_URL: redis.url });
    expect(await passed(first, 40)).toBe(40);
    const second = await start({});
    const [one, other] = await Promise.all([passed(first, 60), passed(second, 60)]);
    expect(40 + one + other).toBe(60);
    const said = await Promise.all([first.readyz(), second.readyz()]);
    expect(said.map(({ status, json }) => [status, json.warnings])).toEqual([
      [200, [mixtures.kinds]],
      [200, [mixtures.kinds]],
    ]);
    await Promise.all([first.gateway.stop(), second.gateway.stop()]);
    await redis.stop();
    await backend.stop();
  },
  60_000,
);

test("a few rows of another key are a warning on /readyz (F20)", async () => {
  const row = await db().credentialSecret.findFirstOrThrow();
  const all = await db().credentialSecret.count();
  expect(all).toBeGreaterThan(2);
  await db().credentialSecret.update({ where: { id: row.id }, data: { verifierKeyId: "01234567" } });
  const { gateway, readyz } = await start({});
  const answer = await readyz();
  await gateway.stop();
  expect([answer.status, answer.json.warnings]).toEqual([200, [expect.stringContaining("(01234567)")]]);
});
