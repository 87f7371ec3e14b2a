import { afterAll, afterEach, expect, test } from "vitest";
import type { Gateway } from "#gateway/call.ts";
import { SharedLimits } from "#gateway/limits/shared-limits.ts";
import { db, transaction } from "#lib/db/client.ts";
import { closeFeed } from "#lib/gateway-feed/feed-connection.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { makeApplication, makeCredential, makePlace } from "#lib/test-kit/gateway-fixture.ts";
import { ChangeFollower } from "./follow-changes.ts";
import { Snapshot } from "./snapshot.ts";

ownDatabase();
const followers: ChangeFollower[] = [];
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
});
afterAll(closeFeed);

/** What a follower touches of a gateway. */
async function follow(): Promise<Gateway> {
  const limits = new SharedLimits({ id: newId(), address: "" }, { mayBeAlone: false });
  const gateway = {
    snapshot: new Snapshot(),
    limits,
    heardAtMs: 0,
    freshUntilMs: 0,
    gatewaysAlive: 0,
  } as unknown as Gateway;
  const follower = new ChangeFollower(gateway, { id: newId(), address: newId() }, 60);
  followers.push(follower);
  expect(await follower.start()).toBe(true);
  return gateway;
}

const revoked = (gateway: Gateway, clientId: string) => gateway.snapshot.credentials.get(clientId)?.revoked;

test("a gateway for which the feed no longer reaches back loads everything into a new snapshot", async () => {
  const credential = await makeCredential(await makeApplication(await makePlace()));
  const gateway = await follow();
  const before = gateway.snapshot;
  expect(revoked(gateway, credential.clientId)).toBe(false);
  // A change whose row was pruned before this gateway read it.
  await transaction(async (tx) => {
    await tx.credential.update({ where: { id: credential.id }, data: { status: "revoked" } });
    await tx.$executeRaw`update "GatewayFeed" set "prunedXid" = pg_current_xact_id()::text::bigint + 1`;
  });
  const started = Date.now();
  while (!revoked(gateway, credential.clientId)) {
    expect(Date.now() - started).toBeLessThan(20_000);
    await db().$queryRaw`select 1`;
  }
  expect(gateway.snapshot).not.toBe(before);
  expect(before.credentials.get(credential.clientId)?.revoked).toBe(false);
});

test("what a start loads is what changes would have made of it, whatever form a credential has", async () => {
  const place = await makePlace();
  const applicationId = await makeApplication(place);
  const gateway = await follow();
  const made = [
    await makeCredential(applicationId),
    await makeCredential(applicationId, { environment: "production" }),
    await makeCredential(applicationId, { expiresAt: new Date(Date.now() + 3_600_000) }),
    await makeCredential(applicationId, { kind: "test", catalogId: place.sandboxId }),
    await makeCredential(applicationId, { kind: "explore", catalogId: place.productionId }),
  ];
  const last = made.at(-1)?.clientId ?? "";
  const started = Date.now();
  while (!gateway.snapshot.credentials.get(last)) {
    expect(Date.now() - started).toBeLessThan(20_000);
    await db().$queryRaw`select 1`;
  }
  const fresh = await follow();
  for (const { clientId } of made) {
    expect(fresh.snapshot.credentials.get(clientId)).toEqual(gateway.snapshot.credentials.get(clientId));
    expect(fresh.snapshot.credentials.get(clientId)?.secrets).toHaveLength(1);
  }
  expect(fresh.snapshot.sizes()).toEqual(gateway.snapshot.sizes());
  expect(fresh.gatewaysAlive).toBeGreaterThanOrEqual(2);
  expect(fresh.freshUntilMs).toBe(fresh.heardAtMs + 60_000);
});
