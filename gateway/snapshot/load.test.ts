import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { db, transaction } from "#lib/db/client.ts";
import type { FeedChange } from "#lib/gateway-feed/read-changes.ts";
import type { ChangeKind } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { type FixturePublished, makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { applyChanges, loadAll, SLICE_ROWS } from "./load.ts";
import { Snapshot } from "./snapshot.ts";

ownDatabase();

const COUNT = 1_000;
let api: FixturePublished;
let snapshot: Snapshot;
let subscriptionIds: string[];

/** A release with a thousand subscriptions, each of an application of its own. */
beforeAll(async () => {
  const place = await makePlace();
  const rateLimits = [{ limit: 100, windowSeconds: 3_600 }];
  api = await publish({ place, backendUrl: "http://127.0.0.1:1", basePath: "/w", operations: [], rateLimits });
  await db().$executeRaw`
    insert into "Application" (id, "organizationId", name)
    select gen_random_uuid(), ${place.organizationId}::uuid, 'Application ' || n from generate_series(1, ${COUNT}::int) n`;
  await db().$executeRaw`
    insert into "Subscription" (id, "applicationId", "productId", "catalogId", "releaseId", "releasePlanId", state)
    select gen_random_uuid(), id, ${api.productId}::uuid, ${api.catalogId}::uuid, ${api.releaseId}::uuid,
      ${api.planId}::uuid, 'active' from "Application"`;
  await db().$executeRaw`
    insert into "Credential" (id, "applicationId", "clientId", environment, name)
    select gen_random_uuid(), id, encode(uuid_send(gen_random_uuid()), 'hex'), 'sandbox', 'Credential' from "Application"`;
  subscriptionIds = (await db().subscription.findMany({ select: { id: true } })).map(({ id }) => id);
  snapshot = new Snapshot();
  await loadAll(snapshot);
});
afterEach(() => vi.restoreAllMocks());

/** Makes a change in the database; what the feed says of it. */
async function changed(
  kind: ChangeKind,
  ids: readonly string[],
  work: (tx: Parameters<Parameters<typeof transaction>[0]>[0]) => Promise<unknown>,
): Promise<FeedChange[]> {
  const xid = await transaction(async (tx) => {
    await work(tx);
    const [row] = await tx.$queryRaw<{ xid: bigint }[]>`select pg_current_xact_id()::text::bigint as xid`;
    return row?.xid ?? 0n;
  });
  return ids.map((entityId, at) => ({ id: BigInt(at + 1), xid, kind, entityId }));
}

/** Counts what is put and dropped of subscriptions, applications and credentials between two turns of the event loop. */
function watchTurns() {
  const seen = { most: 0, total: 0, turns: 0 };
  let inTurn = 0;
  let isOpen = false;
  const count = () => {
    inTurn += 1;
    seen.total += 1;
    seen.most = Math.max(seen.most, inTurn);
    if (isOpen) return;
    isOpen = true;
    setImmediate(() => {
      isOpen = false;
      inTurn = 0;
      seen.turns += 1;
    });
  };
  for (const name of [
    "putSubscription",
    "dropSubscription",
    "putApplication",
    "putCredential",
    "dropCredential",
  ] as const) {
    const original = Snapshot.prototype[name] as (this: Snapshot, argument: never) => void;
    vi.spyOn(Snapshot.prototype, name).mockImplementation(function (this: Snapshot, argument: unknown) {
      count();
      original.call(this, argument as never);
    });
  }
  return seen;
}

const coversAll = () =>
  snapshot.sizes().subscriptions === COUNT &&
  [...snapshot.applications.keys()].every((id) =>
    snapshot.subscriptionsOf(id).every((one) => snapshot.covers(one, api.publishedApiId)),
  );

test("of a release that is published anew only the subscriptions that moved with it are read (F75)", async () => {
  expect(coversAll()).toBe(true);
  const [first = "", second = ""] = subscriptionIds;
  const planId = newId();
  const changes = await changed("release", [api.releaseId], async (tx) => {
    const plan = { name: "new", title: "New", rateLimits: [], requiresApproval: false, position: 1 };
    await tx.releasePlan.create({ data: { id: planId, releaseId: api.releaseId, ...plan } });
    await tx.subscription.update({ where: { id: first }, data: { releasePlanId: planId } });
    await tx.subscription.update({ where: { id: second }, data: { state: "cancelled" } });
  });
  const seen = watchTurns();
  await applyChanges(snapshot, changes);
  expect(seen.total).toBe(2);
  expect(snapshot.sizes().subscriptions).toBe(COUNT - 1);
  const plans = [...snapshot.applications.keys()].flatMap((id) =>
    snapshot.subscriptionsOf(id).map((one) => one.planId),
  );
  expect(plans.filter((id) => id === planId)).toHaveLength(1);

  // Nothing moved: nothing is read.
  seen.total = 0;
  await applyChanges(snapshot, await changed("release", [api.releaseId], async () => undefined));
  expect(seen.total).toBe(0);
  // Back, for the other tests; written inside a savepoint, where the row names another transaction.
  const back = await changed("release", [api.releaseId], async (tx) => {
    await tx.$executeRaw`savepoint one`;
    await tx.subscription.updateMany({
      data: { releasePlanId: api.planId, state: "active" },
      where: { id: { in: [first, second] } },
    });
    await tx.$executeRaw`release savepoint one`;
  });
  await applyChanges(snapshot, back);
  expect([seen.total, coversAll()]).toEqual([2, true]);
});

test("the limits of a release that changes hold from the next call on, and no subscription is looked at before (F19)", async () => {
  const [applicationId = ""] = snapshot.applications.keys();
  const [subscription] = snapshot.subscriptionsOf(applicationId);
  if (!subscription) throw new Error("no subscription");
  const limitNow = () => snapshot.covers(subscription, api.publishedApiId) && subscription.limits.limits[0]?.limit;
  expect(limitNow()).toBe(100);
  const { counters } = subscription.limits;
  const walks = (["values", "keys", "entries", "forEach"] as const).map((name) => vi.spyOn(Map.prototype, name));
  walks.push(vi.spyOn(Map.prototype, Symbol.iterator as never));
  snapshot.putRelease({
    id: api.releaseId,
    publishedApiIds: [api.publishedApiId],
    plans: [
      {
        ...{ id: api.planId, name: "plan", burstLimits: [], quotas: [], operationLimits: [] },
        rateLimits: [{ limit: 7, windowSeconds: 3_600 }],
      },
    ],
  });
  const walked = walks
    .flatMap(({ mock }) => mock.contexts as Map<unknown, unknown>[])
    .filter(({ size }) => size >= COUNT);
  vi.restoreAllMocks();
  expect(walked).toEqual([]);
  expect(limitNow()).toBe(7);
  // What is used up stays used up.
  expect(subscription.limits.counters[0]).toBe(counters[0]);
});

test("many changes at once are applied in slices, between which calls are served (F19, F75)", async () => {
  const credentials = (await db().credential.findMany({ select: { id: true } })).map(({ id }) => id);
  const seen = watchTurns();
  const none = async () => undefined;
  await applyChanges(snapshot, [
    ...(await changed("subscription", [...subscriptionIds, ...Array.from({ length: COUNT }, newId)], none)),
    ...(await changed("credential", credentials, none)),
    ...(await changed("application", [...snapshot.applications.keys()], none)),
  ]);
  expect(seen.total).toBe(4 * COUNT);
  expect(seen.most).toBeLessThanOrEqual(SLICE_ROWS);
  expect(seen.turns).toBeGreaterThanOrEqual((4 * COUNT) / SLICE_ROWS);
  expect(coversAll()).toBe(true);
});

test("a load beside calls puts no more rows at a time than it fetches (F75)", async () => {
  const seen = watchTurns();
  await loadAll(new Snapshot(snapshot));
  expect(seen.total).toBeGreaterThanOrEqual(2 * COUNT);
  expect(seen.most).toBeLessThanOrEqual(2_000);
});
