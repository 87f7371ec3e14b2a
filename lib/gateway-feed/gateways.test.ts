import { afterAll, beforeEach, expect, test } from "vitest";
import { anonymous } from "#lib/access/actor.ts";
import { listEvents, listInstallationEvents } from "#lib/audit/list-events.ts";
import { db, transaction } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { administrator, member, provider } from "#lib/test-kit/people.ts";
import { dismissGateway } from "./dismiss-gateway.ts";
import { closeFeed } from "./feed-connection.ts";
import { acknowledgeChanges } from "./gateway-node.ts";
import { listGateways } from "./list-gateways.ts";
import { readHorizon } from "./read-changes.ts";
import { recordChange } from "./record-change.ts";
import { waitUntilLive } from "./wait-until-live.ts";

ownDatabase();
afterAll(closeFeed);
beforeEach(() => db().gatewayNode.deleteMany());

const announce = () => transaction((tx) => recordChange(tx, "credential", newId()));
const silence = (id: string) =>
  db().$executeRaw`update "GatewayNode" set "heartbeatAt" = now() - interval '6 seconds' where id = ${id}::uuid`;

test("the list says which gateways answer, drain or are silent, and what each has seen", async () => {
  const operator = await administrator();
  expect(await listGateways(operator, {})).toEqual({ rows: [], next: null, total: 0, silent: 0, mixture: null });
  const nodes = ["a", "b", "c"].map((address) => ({ id: newId(), address, version: "1.2.3" }));
  const [answers, drains, silent] = nodes;
  if (!answers || !drains || !silent) throw new Error("three");
  await announce();
  const seenAt = (await db().gatewayChange.findFirstOrThrow({ orderBy: { id: "desc" } })).createdAt;
  await acknowledgeChanges(silent, await readHorizon());
  await announce();
  await announce();
  const horizon = await readHorizon();
  await acknowledgeChanges(answers, horizon);
  await acknowledgeChanges(drains, horizon, true);
  await silence(silent.id);
  const list = await listGateways(operator, {});
  expect(list).toMatchObject({ total: 3, silent: 1, next: null });
  expect(list.rows.map(({ id, state, behind, version }) => [id, state, behind, version])).toEqual([
    [answers.id, "answers", 0, "1.2.3"],
    [drains.id, "draining", 0, "1.2.3"],
    [silent.id, "silent", 2, "1.2.3"],
  ]);
  expect(list.rows[2]?.seenAt).toEqual(seenAt);
  const narrowed = await listGateways(operator, { silentOnly: true });
  expect([narrowed.rows.map(({ id }) => id), narrowed.total, narrowed.silent]).toEqual([[silent.id], 3, 1]);
});

test("gateways that would count limits in different places are told, silent ones and older ones apart (F18)", async () => {
  const operator = await administrator();
  const beat = async (address: string, store: string | null) => {
    const node = { id: newId(), address };
    await acknowledgeChanges(node, await readHorizon(), false, store);
    return node;
  };
  await beat("old", null);
  await beat("a", "redis 0123abcd");
  expect(await listGateways(operator, {})).toMatchObject({ mixture: null });
  const away = await beat("b", "redis away");
  expect(await listGateways(operator, {})).toMatchObject({ mixture: null });
  await acknowledgeChanges(away, await readHorizon(), false, "redis 4567abcd");
  expect(await listGateways(operator, {})).toMatchObject({ mixture: "servers" });
  await silence(away.id);
  expect(await listGateways(operator, {})).toMatchObject({ mixture: null });
  await beat("c", "postgres");
  const list = await listGateways(operator, {});
  expect(list.mixture).toBe("kinds");
  expect(list.rows.map(({ limitStore }) => limitStore)).toEqual(["redis 0123abcd", "redis 4567abcd", "postgres", null]);
});

test("a long list comes in pages, each gateway once", async () => {
  const operator = await administrator();
  const addresses = Array.from({ length: 30 }, (_, n) => `api-${String(n).padStart(2, "0")}`);
  await db().gatewayNode.createMany({ data: addresses.map((address) => ({ id: newId(), address })) });
  const first = await listGateways(operator, {});
  const second = await listGateways(operator, { after: first.next ?? undefined });
  expect([...first.rows, ...second.rows].map(({ address }) => address)).toEqual(addresses);
  expect([first.total, second.total, second.next]).toEqual([30, 30, null]);
});

test("a silent gateway that is dismissed is missing no more; who did it is in the installation's log alone", async () => {
  const operator = await administrator("Ada");
  const gone = { id: newId(), address: "api-2, process 3" };
  await acknowledgeChanges(gone, await readHorizon());
  const own = { id: newId(), address: "api-1" };
  await acknowledgeChanges(own, await readHorizon());
  await silence(gone.id);
  const xid = await announce();
  await acknowledgeChanges(own, await readHorizon());
  expect(await waitUntilLive(xid, operator)).toMatchObject({ gateways: 2, live: 1, complete: false });
  expect(await dismissGateway(operator, { gatewayId: gone.id })).toEqual({ address: gone.address });
  expect(await waitUntilLive(xid, operator)).toMatchObject({ gateways: 1, live: 1, complete: true });
  const [event] = (await listInstallationEvents(operator, {})).rows;
  expect(event).toMatchObject({ actorName: "Ada", action: "gateway.dismissed", targetName: gone.address });
  const { owner, organizationId } = await provider();
  const theirs = await listEvents(owner, { organizationId });
  expect(theirs.rows.map(({ action }) => action)).toEqual(["organization.created"]);
});

test("one that comes back after it was dismissed counts, and has confirmed nothing that it has not read", async () => {
  const operator = await administrator();
  const node = { id: newId(), address: "api-2" };
  const before = await readHorizon();
  await acknowledgeChanges(node, before);
  await silence(node.id);
  await dismissGateway(operator, { gatewayId: node.id });
  const xid = await announce();
  await acknowledgeChanges(node, before);
  expect(await waitUntilLive(xid, operator, 0)).toMatchObject({
    ...{ gateways: 1, live: 0, complete: false },
    unconfirmed: [{ address: "api-2", silentSince: null }],
  });
  await acknowledgeChanges(node, await readHorizon());
  expect(await waitUntilLive(xid, operator)).toMatchObject({ gateways: 1, live: 1, complete: true });
});

test("one that answers is not dismissed, and one that is not there is not found", async () => {
  const operator = await administrator();
  const node = { id: newId(), address: "api-1" };
  await acknowledgeChanges(node, 1n);
  await expect(dismissGateway(operator, { gatewayId: node.id })).rejects.toMatchObject({
    code: "STATE_INVALID",
    detail: "This gateway answers. Stop it, and it leaves the list by itself.",
  });
  await expect(dismissGateway(operator, { gatewayId: newId() })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await db().gatewayNode.count()).toBe(1);
});

test("gateways and the installation's log are absent for everybody else, whatever their role", async () => {
  const node = { id: newId(), address: "api-1" };
  await acknowledgeChanges(node, 1n);
  await silence(node.id);
  const { owner, organizationId } = await provider();
  for (const actor of [owner, await member(organizationId, "viewer")]) {
    await expect(listGateways(actor, {})).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(listInstallationEvents(actor, {})).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(dismissGateway(actor, { gatewayId: node.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  await expect(listGateways(anonymous, {})).rejects.toMatchObject({ code: "SIGN_IN_REQUIRED" });
  await expect(dismissGateway(anonymous, { gatewayId: node.id })).rejects.toMatchObject({ code: "SIGN_IN_REQUIRED" });
  expect(await db().gatewayNode.count()).toBe(1);
});
