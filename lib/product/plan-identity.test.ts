import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { listSubscriptionsOfApplication } from "#lib/subscription/list-subscriptions-of-application.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, provider } from "#lib/test-kit/people.ts";
import { saveProduct } from "#lib/test-kit/save-product.ts";
import { createProduct } from "./create-product.ts";
import { planInput } from "./product.schema.ts";
import { publishProduct } from "./publish-product.ts";
import { readProduct } from "./read-product.ts";

ownDatabase();

let owner: UserActor;
let slug: string;
let catalogId: string;
let developer: Awaited<ReturnType<typeof consumer>>;

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  const acme = await provider("Acme");
  ({ owner, slug } = acme);
  const { organizationId } = acme;
  catalogId = (await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } })).id;
  developer = await consumer("Northwind");
});

let count = 0;

/** A published product with Gold and Silver, and an application on Gold. */
async function subscribed() {
  count += 1;
  const title = `Weather ${count}`;
  const at = { organization: slug, title, basePath: `/weather-${count}`, backendUrl: "http://127.0.0.1:4010" };
  const { id: apiId } = await createApiDefinition(owner, at);
  const { id } = await createProduct(owner, { organization: slug, title, version: "1.0.0" });
  const save = (plans: { id?: string; title: string; rateLimit?: string }[]) =>
    saveProduct(owner, {
      id,
      title,
      apiIds: [apiId],
      plans: plans.map((plan) => planInput.parse({ rateLimit: "", requiresApproval: false, ...plan })),
    });
  const publish = () => publishProduct(owner, { productId: id, catalogId });
  const { planIds } = await save([{ title: "Gold", rateLimit: "7/1hour" }, { title: "Silver" }]);
  const { releaseId } = await publish();
  const { organizationId } = developer;
  const { applicationId } = await registerApplication(developer.owner, {
    organizationId,
    name: `Storefront ${count}`,
    environment: "sandbox",
  });
  const plan = await db().releasePlan.findFirstOrThrow({ where: { releaseId, title: "Gold" } });
  await requestSubscription(developer.owner, { applicationId, releaseId, planId: plan.id });
  const read = async () => (await listSubscriptionsOfApplication(developer.owner, applicationId)).rows[0];
  const [gold = "", silver = ""] = planIds;
  return { id, save, publish, read, gold, silver, releaseId };
}

describe("a plan is its ID, its title is a title", () => {
  test("a title corrected under a subscriber is published, and the subscription is on the plan it was on (F58)", async () => {
    const { save, publish, read, gold, silver } = await subscribed();
    await save([
      { id: gold, title: "Gold, corrected", rateLimit: "7/1hour" },
      { id: silver, title: "Silver" },
    ]);
    await publish();
    expect(await read()).toMatchObject({ state: "active", plan: { title: "Gold, corrected" } });
  });

  test("plans that swap their titles keep their subscribers and limits, and a new plan may take the old title (F58)", async () => {
    const { save, publish, read, gold, silver } = await subscribed();
    await save([
      { id: gold, title: "Silver", rateLimit: "7/1hour" },
      { id: silver, title: "Gold" },
    ]);
    await publish();
    expect((await read())?.plan).toMatchObject({ title: "Silver", rateLimits: [{ limit: 7 }] });
    await save([
      { id: gold, title: "Old gold", rateLimit: "7/1hour" },
      { title: "Silver", rateLimit: "9/1hour" },
      { id: silver, title: "Gold" },
    ]);
    await publish();
    expect((await read())?.plan).toMatchObject({ title: "Old gold", rateLimits: [{ limit: 7 }] });
  });

  test("the ID of another product's plan is no plan of this one (F58)", async () => {
    const [one, other] = [await subscribed(), await subscribed()];
    await expect(one.save([{ id: other.gold, title: "Gold" }])).rejects.toMatchObject({
      fields: [{ field: "plans.0.title" }],
    });
  });

  test("plans that a portal of the version before saved or published anew keep their subscribers by name (F58)", async () => {
    const { id, publish, read, releaseId } = await subscribed();
    const before = await readProduct(owner, id);
    // As 6d82abc saves: all rows anew, each with another ID; and as it publishes: without the plan's ID.
    const rows = await db().plan.findMany({ where: { productId: id } });
    await db().plan.deleteMany({ where: { productId: id } });
    for (const { id: _old, ...row } of rows) {
      const json = { rateLimits: row.rateLimits ?? [], burstLimits: [], quotas: [], operationLimits: [] };
      await db().plan.create({ data: { ...row, ...json, id: newId() } });
    }
    await db().product.update({ where: { id }, data: { updatedAt: new Date() } });
    expect((await readProduct(owner, id)).draftVersion).toBe(before.draftVersion + 1);
    expect((await readProduct(owner, id)).releases[0]?.behind.product).toBe(true);
    await db().releasePlan.updateMany({ where: { releaseId, title: "Silver" }, data: { planId: null } });
    await publish();
    expect(await read()).toMatchObject({ state: "active", plan: { title: "Gold" } });
    expect(await db().releasePlan.count({ where: { releaseId } })).toBe(2);
  });

  test("a plan on which a subscription ended stays for its owner, and nobody can choose it (F58)", async () => {
    const { save, publish, silver, releaseId, gold } = await subscribed();
    await db().subscription.updateMany({
      where: { releaseId, application: { isTest: false } },
      data: { state: "rejected" },
    });
    await save([{ id: silver, title: "Silver" }]);
    await publish();
    const plan = await db().releasePlan.findFirstOrThrow({ where: { releaseId, planId: gold } });
    expect(plan.endedAt).not.toBeNull();
    expect(await db().subscription.count({ where: { releasePlanId: plan.id, state: "rejected" } })).toBe(1);
    const { organizationId } = developer;
    const registered = await registerApplication(developer.owner, {
      organizationId,
      name: "Late",
      environment: "sandbox",
    });
    const late = { applicationId: registered.applicationId, releaseId, planId: plan.id };
    await expect(requestSubscription(developer.owner, late)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
