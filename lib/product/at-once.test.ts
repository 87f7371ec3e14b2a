import { beforeAll, describe, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { deleteApiDefinition } from "#lib/api-definition/delete-api-definition.ts";
import { saveApiDefinition } from "#lib/api-definition/save-api-definition.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { db } from "#lib/db/client.ts";
import { registerAndSubscribe } from "#lib/subscription/register-and-subscribe.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { gate, told } from "#lib/test-kit/gate.ts";
import { consumer, member, provider } from "#lib/test-kit/people.ts";
import { saveProduct } from "#lib/test-kit/save-product.ts";
import { createProduct } from "./create-product.ts";
import { deleteProduct } from "./delete-product.ts";
import { planInput } from "./product.schema.ts";
import { publishApi } from "./publish-api.ts";
import { publishProduct } from "./publish-product.ts";
import { readProduct } from "./read-product.ts";
import { retireRelease } from "./retire-release.ts";
import { updateProduct } from "./update-product.ts";

ownDatabase();

let owner: UserActor;
let slug: string;
let organizationId: string;
let catalogId: string;
let developer: Awaited<ReturnType<typeof consumer>>;

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  ({ owner, slug, organizationId } = await provider("Acme"));
  catalogId = (await db().catalog.findFirstOrThrow({ where: { organizationId, slug: "sandbox" } })).id;
  developer = await consumer("Northwind");
});

let count = 0;

/** A product with an API and the plans Gold and Silver, not published. */
async function draft() {
  count += 1;
  const title = `Weather ${count}`;
  const at = { organization: slug, title, basePath: `/weather-${count}`, backendUrl: "http://127.0.0.1:4010" };
  const { id: apiId } = await createApiDefinition(owner, at);
  const { id } = await createProduct(owner, { organization: slug, title, version: "1.0.0" });
  const plans = ["Gold", "Silver"].map((name) =>
    planInput.parse({ title: name, rateLimit: "", requiresApproval: false }),
  );
  await saveProduct(owner, { id, title, apiIds: [apiId], plans });
  const publish = () => publishProduct(owner, { productId: id, catalogId });
  const keepGold = () => saveProduct(owner, { id, title, apiIds: [apiId], plans: plans.slice(0, 1) });
  return { id, apiId, title, publish, keepGold };
}

async function storefront(): Promise<string> {
  const { organizationId: id } = developer;
  const registered = await registerApplication(developer.owner, {
    organizationId: id,
    name: `Storefront ${count}`,
    environment: "sandbox",
  });
  return registered.applicationId;
}

const planOf = async (releaseId: string, name: string): Promise<string> =>
  (await db().releasePlan.findFirstOrThrow({ where: { releaseId, name } })).id;

describe("a publish stamps what it read", () => {
  test("a save of the product or of an API between its reading and its commit is not live (F53)", async () => {
    const { id, apiId, title, publish } = await draft();
    const held = await gate("Catalog", catalogId);
    const published = publish();
    await held.waited(1);
    const { source, sourceVersion } = await db().apiDefinition.findUniqueOrThrow({ where: { id: apiId } });
    await saveApiDefinition(owner, { id: apiId, source: `${source}# a remark\n`, sourceVersion });
    const { plans } = await readProduct(owner, id);
    const kept = plans.map((plan) => planInput.parse({ title: plan.title, rateLimit: "", requiresApproval: true }));
    await saveProduct(owner, { id, title, apiIds: [apiId], plans: kept });
    await held.open();
    await published;
    expect((await readProduct(owner, id)).releases[0]?.behind).toEqual({ product: true, apis: [title] });
    await publish();
    expect((await readProduct(owner, id)).releases[0]?.behind).toEqual({ product: false, apis: [] });
  });

  test("of two publishes at once the older draft does not replace the newer one, and is told (F53)", async () => {
    const { id, apiId, title, publish } = await draft();
    await publish();
    const held = await gate("Catalog", catalogId);
    const older = told(publish());
    await held.waited(1);
    const plans = [planInput.parse({ title: "Bronze", rateLimit: "", requiresApproval: false })];
    await saveProduct(owner, { id, title, apiIds: [apiId], plans });
    await db().productRelease.updateMany({ where: { productId: id }, data: { draftVersion: 3 } });
    await held.open();
    const words = expect.stringContaining("newer draft");
    expect(await older).toMatchObject({ ok: false, reason: { code: "CONFLICT", detail: words } });
  });

  test("the second of two editors of a product is told who saved and when, and nothing is overwritten (F53)", async () => {
    const { id, apiId, title } = await draft();
    const { draftVersion } = await readProduct(owner, id);
    const second = await member(organizationId, "editor");
    const plans = [planInput.parse({ title: "Gold", rateLimit: "", requiresApproval: false })];
    const save = (actor: UserActor, by: string) =>
      updateProduct(actor, { id, draftVersion, title: `${title} by ${by}`, apiIds: [apiId], plans });
    const both = await Promise.all([told(save(owner, "the owner")), told(save(second, "the editor"))]);
    const first = both[0].ok ? owner : second;
    const words = expect.stringContaining(`${first.name} saved this product on `);
    const refused = { ok: false, reason: { code: "CONFLICT", detail: words } };
    expect(both[first === owner ? 0 : 1].ok).toBe(true);
    expect(both[first === owner ? 1 : 0]).toMatchObject(refused);
    expect((await readProduct(owner, id)).title).toBe(`${title} by the ${first === owner ? "owner" : "editor"}`);
  });
});

describe("what is published meets who subscribes", () => {
  test.each(["publish first", "subscription first"])(
    "a publish that drops a plan and a subscription to it are never both told ok (F54): %s",
    async (order) => {
      const { publish, keepGold } = await draft();
      const { releaseId } = await publish();
      const planId = await planOf(releaseId, "silver");
      const applicationId = await storefront();
      await keepGold();
      const held = await gate("ProductRelease", releaseId);
      const subscribe = () => requestSubscription(developer.owner, { applicationId, releaseId, planId });
      const deeds = order === "publish first" ? [publish, subscribe] : [subscribe, publish];
      const both = [];
      for (const [index, deed] of deeds.entries()) {
        both.push(told(deed() as Promise<unknown>));
        await held.waited(index + 1);
      }
      await held.open();
      const words = order === "publish first" ? "without the plan Silver" : "is on the plan Silver";
      expect(await Promise.all(both)).toMatchObject([
        { ok: true },
        { ok: false, reason: { code: "STATE_INVALID", detail: expect.stringContaining(words) } },
      ]);
      const active = await db().subscription.count({
        where: { applicationId, state: "active", releasePlanId: planId },
      });
      expect(active).toBe(order === "publish first" ? 0 : 1);
    },
  );

  test("a product deleted during its first publish leaves nothing listed, and its API can be deleted (F55)", async () => {
    const { id, apiId, title, publish } = await draft();
    const held = await gate("Catalog", catalogId);
    const published = told(publish());
    await held.waited(1);
    const deleted = told(deleteProduct(owner, id));
    await held.waited(2, deleted);
    await held.open();
    const words = expect.stringContaining("Nothing was published");
    expect(await deleted).toEqual({ ok: true });
    expect(await published).toMatchObject({ ok: false, reason: { code: "CONFLICT", detail: words } });
    expect((await searchApis({ q: title })).rows).toEqual([]);
    await deleteApiDefinition(owner, { id: apiId });
  });

  test("an API deleted during its first publish is not published (F55)", async () => {
    const { apiId, title, publish } = await draft();
    const held = await gate("Catalog", catalogId);
    const published = told(publish());
    await held.waited(1);
    const deleted = told(deleteApiDefinition(owner, { id: apiId }));
    await held.waited(2, deleted);
    await held.open();
    expect(await deleted).toEqual({ ok: true });
    expect(await published).toMatchObject({ ok: false, reason: { code: "CONFLICT" } });
    expect((await searchApis({ q: title })).rows).toEqual([]);
  });

  test("a retirement meets a subscription that is being made: none is active afterwards (F55)", async () => {
    const { publish } = await draft();
    const { releaseId } = await publish();
    const applicationId = await storefront();
    const planId = await planOf(releaseId, "gold");
    const held = await gate("Application", applicationId);
    const subscribed = told(requestSubscription(developer.owner, { applicationId, releaseId, planId }));
    await held.waited(1);
    const retired = told(retireRelease(owner, releaseId));
    await held.waited(2, retired);
    await held.open();
    await Promise.all([subscribed, retired]);
    expect(await db().subscription.count({ where: { releaseId, state: { in: ["active", "pending"] } } })).toBe(0);
  });
});

describe("a deed of several parts", () => {
  test("an application is not registered when its subscription is refused (F56)", async () => {
    const { publish } = await draft();
    const { releaseId } = await publish();
    const planId = await planOf(releaseId, "gold");
    const held = await gate("Organization", developer.organizationId);
    const wanted = { organizationId: developer.organizationId, name: "Half made", releaseId, planId };
    const registered = told(registerAndSubscribe(developer.owner, wanted));
    await held.waited(1);
    await retireRelease(owner, releaseId);
    await held.open();
    const words = expect.stringContaining("was retired a moment ago");
    expect(await registered).toMatchObject({ ok: false, reason: { code: "STATE_INVALID", detail: words } });
    expect(await db().application.count({ where: { name: "Half made" } })).toBe(0);
  });

  test("a first publish that is refused leaves no product, and two at once make one (F56)", async () => {
    const nowhere = { organization: slug, title: "Nowhere", basePath: "/nowhere" };
    const { id: apiId } = await createApiDefinition(owner, nowhere);
    await expect(publishApi(owner, { apiId, catalogId })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    expect(await db().product.count({ where: { title: "Nowhere" } })).toBe(0);

    const somewhere = { ...nowhere, title: "Somewhere", basePath: "/some", backendUrl: "http://127.0.0.1:4010" };
    const { id } = await createApiDefinition(owner, somewhere);
    const made = await Promise.all([
      publishApi(owner, { apiId: id, catalogId }),
      publishApi(owner, { apiId: id, catalogId }),
    ]);
    expect(made[0].productId).toBe(made[1].productId);
    expect(await db().product.count({ where: { title: "Somewhere" } })).toBe(1);
  });
});
