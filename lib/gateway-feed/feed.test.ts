import { afterAll, expect, test } from "vitest";
import type { Actor, SystemActor } from "#lib/access/actor.ts";
import { db, transaction } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { administrator, consumer, member, provider } from "#lib/test-kit/people.ts";
import { closeFeed } from "./feed-connection.ts";
import { acknowledgeChanges, removeGatewayNode, sweepGatewayNodes } from "./gateway-node.ts";
import { pruneChanges } from "./prune-changes.ts";
import { readChanges, readHorizon } from "./read-changes.ts";
import { recordChange } from "./record-change.ts";
import { waitUntilLive } from "./wait-until-live.ts";

ownDatabase();
afterAll(closeFeed);

const operator: SystemActor = { kind: "system", name: "Test" };
const announce = () => transaction((tx) => recordChange(tx, "credential", newId()));
const age = (hours: number) =>
  db().$executeRaw`update "GatewayChange" set "createdAt" = now() - ${hours} * interval '1 hour'`;
const silence = (id: string, seconds: number) =>
  db()
    .$executeRaw`update "GatewayNode" set "heartbeatAt" = now() - ${seconds} * interval '1 second' where id = ${id}::uuid`;

test("old changes go once every gateway that is alive has applied them, and whoever reads from before is told", async () => {
  const from = await readHorizon();
  await announce();
  await age(25);
  const behind = { id: newId(), address: "a" };
  expect((await acknowledgeChanges(behind, from)).alive).toBe(1);
  expect(await pruneChanges()).toBe(0);
  const horizon = await readHorizon();
  await acknowledgeChanges(behind, horizon);
  const young = await announce();
  await db().$executeRaw`update "GatewayChange" set "createdAt" = now() - interval '25 hours' where xid <> ${young}`;
  expect(await pruneChanges()).toBe(1);
  expect(await readChanges(from)).toMatchObject({ complete: false });
  const read = await readChanges(horizon);
  expect([read.complete, read.changes.map(({ xid }) => xid)]).toEqual([true, [young]]);
  await removeGatewayNode(behind.id);
});

test("a database that counts from elsewhere, say from a backup, is noticed in both directions", async () => {
  const horizon = await readHorizon();
  expect((await readChanges(horizon + 1_000_000n)).complete).toBe(false);
  // Rows and marks of the other database lie in this one's future: they neither count nor come again with each poll.
  await db().$executeRaw`
    insert into "GatewayChange" (xid, kind, "entityId") values (${horizon + 500_000n}, 'credential', ${newId()}::uuid)`;
  await db().$executeRaw`update "GatewayFeed" set "prunedXid" = ${horizon + 500_000n}`;
  const read = await readChanges(await readHorizon());
  expect([read.complete, read.changes]).toEqual([true, []]);
  await age(25);
  await announce();
  await age(25);
  expect(await pruneChanges()).toBeGreaterThan(0);
  expect((await readChanges(horizon)).complete).toBe(false);
  expect((await readChanges(await readHorizon())).complete).toBe(true);
});

test("a gateway that fell silent is not waited for, and is said not to have confirmed, and which and since when", async () => {
  const [one, two] = [newId(), newId()].map((id) => ({ id, address: id }));
  if (!one || !two) throw new Error("two");
  const before = await readHorizon();
  await acknowledgeChanges(one, before);
  expect((await acknowledgeChanges(two, before)).alive).toBe(2);
  await silence(two.id, 6);
  const xid = await announce();
  expect((await acknowledgeChanges(one, (await readHorizon()) + 1n)).alive).toBe(1);
  const live = await waitUntilLive(xid, operator, 60_000);
  expect(live).toMatchObject({ gateways: 2, live: 1, complete: false, unconfirmed: [{ address: two.address }] });
  const { heartbeatAt } = await db().gatewayNode.findUniqueOrThrow({ where: { id: two.id } });
  expect(live.unconfirmed[0]?.silentSince).toEqual(heartbeatAt);
  // One that is alive is waited for, up to the limit.
  await silence(two.id, 0);
  expect(await waitUntilLive(xid, operator, 50)).toMatchObject({
    ...{ gateways: 2, live: 1, complete: false },
    unconfirmed: [{ address: two.address, silentSince: null }],
  });
  await acknowledgeChanges(two, (await readHorizon()) + 1n);
  expect(await waitUntilLive(xid, operator)).toMatchObject({ gateways: 2, live: 2, complete: true, unconfirmed: [] });
});

test("machines are named to who publishes on them and to administrators, to nobody else", async () => {
  const before = await readHorizon();
  const node = { id: newId(), address: "api-9 0.0.0.0:8080" };
  await acknowledgeChanges(node, before);
  await silence(node.id, 60);
  const xid = await announce();
  const named = async (actor: Actor) => {
    const { unconfirmed } = await waitUntilLive(xid, actor, 0);
    return unconfirmed.some(({ address }) => address === node.address);
  };
  const { owner: publisher, organizationId } = await provider("Publishes");
  const { owner: caller } = await consumer("Calls");
  expect(await named(publisher)).toBe(true);
  expect(await named(await administrator())).toBe(true);
  expect(await named(caller)).toBe(false);
  expect(await named(await member(organizationId, "developer"))).toBe(false);
  expect((await waitUntilLive(xid, caller, 0)).unconfirmed).toContainEqual({
    address: null,
    silentSince: expect.any(Date),
  });
  await removeGatewayNode(node.id);
});

test("the row of a gateway that was killed goes with its successor's start, or when it refuses calls by itself", async () => {
  await db().gatewayNode.deleteMany();
  const [dead, far, own] = ["here", "there", "here"].map((address) => ({ id: newId(), address }));
  if (!dead || !far || !own) throw new Error("three");
  for (const node of [dead, far, own]) await acknowledgeChanges(node, 1n);
  const ids = async () => (await db().gatewayNode.findMany()).map(({ id }) => id).sort();
  await sweepGatewayNodes(own, 60);
  expect(await ids()).toEqual([dead.id, far.id, own.id].sort());
  await silence(dead.id, 3);
  await silence(far.id, 59);
  await sweepGatewayNodes(own, 60);
  expect(await ids()).toEqual([far.id, own.id].sort());
  await silence(far.id, 61);
  await sweepGatewayNodes(own, 0);
  expect(await ids()).toEqual([far.id, own.id].sort());
  await sweepGatewayNodes(own, 60);
  expect(await ids()).toEqual([own.id]);
});

test.each([
  ["four processes by one", ["m 0.0.0.0:80, process 1", "m 0.0.0.0:80, process 4"], "m 0.0.0.0:80"],
  ["one process by four", ["m 0.0.0.0:80"], "m 0.0.0.0:80, process 2"],
  ["four processes by two", ["m 0.0.0.0:80, process 3", "m 0.0.0.0:80, process 4"], "m 0.0.0.0:80, process 1"],
])("a start replaces its predecessors at the same machine and port, %s (F17)", async (_what, before, address) => {
  await db().gatewayNode.deleteMany();
  const place = "m 0.0.0.0:80";
  const enter = async (name: string, run?: string) => {
    const node = { id: newId(), address: name, place, ...(run && { run }) };
    await acknowledgeChanges(node, 1n);
    return node;
  };
  const [own, earlier] = [newId(), newId()];
  // Some are of an older version, which does not say of which start it is.
  const old = await Promise.all(before.map((name, at) => enter(name, at === 0 ? undefined : earlier)));
  const stays = [
    await enter("m 0.0.0.0:80, process 9", own),
    await enter("m 0.0.0.0:8080, process 1", earlier),
    await enter("other 0.0.0.0:80", earlier),
    await enter("m 0.0.0.0:80, process 5", earlier),
  ];
  const self = await enter(address, own);
  // All but itself and the last of those that stay, which answers: it drains.
  for (const { id } of [...old, ...stays.slice(0, 3)]) await silence(id, 3);
  await sweepGatewayNodes(self, 60);
  const left = (await db().gatewayNode.findMany()).map(({ id }) => id).sort();
  expect(left).toEqual([self, ...stays].map(({ id }) => id).sort());
});
