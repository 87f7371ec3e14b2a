import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { call } from "#gateway/conformance/kit/client.ts";
import { startGateway } from "#gateway/conformance/kit/own-gateway.ts";
import { db } from "#lib/db/client.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { makeApplication, makeCredential, makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
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
