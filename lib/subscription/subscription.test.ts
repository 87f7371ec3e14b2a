import { expect, test } from "vitest";
import { registerApplication } from "#lib/application/register-application.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, member, provider } from "#lib/test-kit/people.ts";
import { publishedWeather } from "#lib/test-kit/published.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { decideSubscription } from "./decide-subscription.ts";
import { listPendingSubscriptions } from "./list-pending-subscriptions.ts";
import { listSubscriptionsOfApplication } from "./list-subscriptions-of-application.ts";
import { requestSubscription } from "./request-subscription.ts";
import { withdrawSubscription } from "./withdraw-subscription.ts";

ownDatabase();

const code = (work: Promise<unknown>) => work.then(() => "done").catch((e) => e.code);

async function scene() {
  const acme = await provider("Acme");
  const kit = await publishedWeather(acme);
  const { owner, organizationId } = await consumer();
  const { applicationId } = await registerApplication(owner, {
    organizationId,
    name: "Storefront",
    environment: "sandbox",
  });
  const ask = (plan: keyof typeof kit.plans, comment = "") =>
    requestSubscription(owner, { applicationId, releaseId: kit.releaseId, planId: kit.plans[plan], comment });
  const list = async () => (await listSubscriptionsOfApplication(owner, applicationId)).rows;
  return { acme, kit, owner, organizationId, applicationId, ask, list };
}

test("a plan that asks for nothing starts at once; the application shows the API and the plan (S20, S21)", async () => {
  const { ask, list } = await scene();
  expect(await ask("free")).toMatchObject({ state: "active", plan: "Free", replaced: null });
  expect(await list()).toMatchObject([{ state: "active", plan: { title: "Free" }, apis: [{ title: "Weather" }] }]);
});

test("a plan on approval waits in the provider's queue, oldest first, with the note", async () => {
  const { acme, ask } = await scene();
  expect(await ask("gold", "6,000 calls an hour at peak")).toMatchObject({ state: "pending" });
  const { rows } = await listPendingSubscriptions(acme.owner, { organization: acme.slug });
  expect(rows).toMatchObject([{ application: { name: "Storefront" }, comment: "6,000 calls an hour at peak" }]);
});

test("approval puts the plan in force and ends the one before, in one step; both sides' audit logs have it", async () => {
  const { acme, organizationId, ask, list } = await scene();
  await ask("free");
  const { subscriptionId } = await ask("gold");
  expect((await list()).map((s) => s.state)).toEqual(["active", "pending"]);
  await decideSubscription(acme.owner, { subscriptionId, decision: "approve" });
  expect(await list()).toMatchObject([{ state: "active", plan: { title: "Gold" } }]);
  const events = await db().auditEvent.findMany({
    where: { action: "subscription.approved", targetId: subscriptionId },
  });
  expect(events.map((e) => e.organizationId).sort()).toEqual([acme.organizationId, organizationId].sort());
});

test("a rejection needs a reason, keeps what is in force, and the developer reads the reason", async () => {
  const { acme, ask, list } = await scene();
  await ask("free");
  const { subscriptionId } = await ask("gold");
  await expect(decideSubscription(acme.owner, { subscriptionId, decision: "reject" })).rejects.toThrow(/Say why/);
  await decideSubscription(acme.owner, { subscriptionId, decision: "reject", reason: "No contract yet" });
  const [free, gold] = await list();
  expect([free?.state, gold?.state, gold?.decisionReason]).toEqual(["active", "rejected", "No contract yet"]);
  expect(await code(decideSubscription(acme.owner, { subscriptionId, decision: "approve" }))).toBe("STATE_INVALID");
});

test("another open plan replaces the one in force in place: no instant without a subscription", async () => {
  const { ask, list } = await scene();
  const first = await ask("free");
  expect(await ask("silver")).toMatchObject({
    subscriptionId: first.subscriptionId,
    state: "active",
    replaced: "Free",
  });
  expect((await list()).length).toBe(1);
});

test("asking twice is refused with the reason in words", async () => {
  const { ask } = await scene();
  await ask("free");
  await expect(ask("free")).rejects.toThrow("Storefront has Free already.");
  await ask("gold");
  await expect(ask("gold")).rejects.toThrow("Storefront has asked for it already. Withdraw that request to ask anew.");
  await expect(ask("silver")).rejects.toThrow("Storefront waits for Gold.");
});

test("of two requests at once exactly one wins", async () => {
  const { ask, list } = await scene();
  const codes = await Promise.all([code(ask("free")), code(ask("free"))]);
  expect(codes.sort()).toEqual(["STATE_INVALID", "done"]);
  expect((await list()).length).toBe(1);
});

test("a request can be withdrawn and a subscription cancelled, each only in its state", async () => {
  const { owner, ask, list } = await scene();
  const { subscriptionId } = await ask("gold");
  expect(await code(cancelSubscription(owner, { subscriptionId }))).toBe("STATE_INVALID");
  await withdrawSubscription(owner, { subscriptionId });
  const free = await ask("free");
  await cancelSubscription(owner, { subscriptionId: free.subscriptionId });
  expect(await list()).toEqual([]);
  expect(await db().gatewayChange.count({ where: { entityId: free.subscriptionId } })).toBe(2);
});

test("a retired product and a plan of another release are as absent as random ones", async () => {
  const { acme, kit, ask, owner, applicationId } = await scene();
  const other = await publishedWeather(acme, "production");
  const mixed = { applicationId, releaseId: kit.releaseId, planId: other.plans.free };
  expect(await code(requestSubscription(owner, mixed))).toBe("NOT_FOUND");
  await db().productRelease.update({ where: { id: kit.releaseId }, data: { state: "retired" } });
  expect(await code(ask("free"))).toBe("NOT_FOUND");
});

test("only the provider of the catalog decides, and only the application's people end; foreign is as absent as random", async () => {
  const { acme, organizationId, kit, ask, owner } = await scene();
  const { subscriptionId } = await ask("gold");
  const other = (await provider("Other")).owner;
  const viewer = await member(acme.organizationId, "viewer");
  const stranger = (await consumer()).owner;
  const approve = { decision: "approve" } as const;
  const foreign = await decideSubscription(other, { subscriptionId, ...approve }).catch((e) => [e.code, e.detail]);
  expect(foreign).toEqual(
    await decideSubscription(other, { subscriptionId: newId(), ...approve }).catch((e) => [e.code, e.detail]),
  );
  expect(await code(decideSubscription(viewer, { subscriptionId, ...approve }))).toBe("FORBIDDEN");
  expect(await code(decideSubscription(owner, { subscriptionId, ...approve }))).toBe("FORBIDDEN");
  expect(await code(withdrawSubscription(stranger, { subscriptionId }))).toBe("NOT_FOUND");
  expect((await listPendingSubscriptions(other, { organization: acme.slug })).rows).toEqual([]);
  const application = (await db().application.findFirstOrThrow({ where: { organizationId } })).id;
  const theirs = { applicationId: application, releaseId: kit.releaseId, planId: kit.plans.free };
  expect(await code(requestSubscription(stranger, theirs))).toBe("NOT_FOUND");
});
