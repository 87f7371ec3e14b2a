import { beforeAll, expect, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { registerApplication } from "#lib/application/register-application.ts";
import { db } from "#lib/db/client.ts";
import { createProduct } from "#lib/product/create-product.ts";
import { deleteProduct } from "#lib/product/delete-product.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { listProducts, readProduct } from "#lib/product/read-product.ts";
import { retireRelease } from "#lib/product/retire-release.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, provider } from "#lib/test-kit/people.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { decideSubscription } from "./decide-subscription.ts";
import { listSubscriptionsOfApplication } from "./list-subscriptions-of-application.ts";
import { requestSubscription } from "./request-subscription.ts";

ownDatabase();

let owner: UserActor;
let slug: string;
let catalogId: string;
let developer: Awaited<ReturnType<typeof consumer>>;

beforeAll(async () => {
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  const acme = await provider("Acme");
  ({ owner, slug } = acme);
  const where = { organizationId: acme.organizationId, slug: "sandbox" };
  catalogId = (await db().catalog.findFirstOrThrow({ where })).id;
  developer = await consumer("Northwind");
});

/** A published API and an application that is subscribed to it, or has asked to be. */
async function subscribed(title: string, { requiresApproval = false } = {}) {
  const at = { organization: slug, title, basePath: `/${title.toLowerCase()}`, backendUrl: "http://127.0.0.1:4010" };
  const { id: apiId } = await createApiDefinition(owner, at);
  const publish = () => publishApi(owner, { apiId, catalogId });
  const { productId, releaseId } = await publish();
  await db().releasePlan.updateMany({ where: { releaseId }, data: { requiresApproval } });
  const named = { organizationId: developer.organizationId, name: `Uses ${title}`, environment: "sandbox" as const };
  const { applicationId } = await registerApplication(developer.owner, named);
  const { id: planId } = await db().releasePlan.findFirstOrThrow({ where: { releaseId } });
  const subscribe = () => requestSubscription(developer.owner, { applicationId, releaseId, planId });
  const { subscriptionId } = await subscribe();
  const rows = async () => (await listSubscriptionsOfApplication(developer.owner, applicationId)).rows;
  return { publish, productId, releaseId, subscribe, subscriptionId, rows };
}

test("retiring keeps the developer's row with the date and the provider's reason, and the product says so too (F59)", async () => {
  const { rows, releaseId, productId } = await subscribed("Weather");
  const at = new Date("2026-11-29T10:00:00Z");
  await retireRelease(owner, releaseId, "Weather 2 takes its place.", () => at);
  const retired = { at, reason: "Weather 2 takes its place." };
  expect(await rows()).toMatchObject([{ state: "cancelled", retired, product: { title: "Weather", retired: true } }]);
  const { releases } = await readProduct(owner, productId);
  expect(releases).toMatchObject([{ state: "retired", retiredAt: at, retireReason: "Weather 2 takes its place." }]);
});

test("a request that waited ends with the product, is shown as that, and cannot be decided (F59)", async () => {
  const { rows, releaseId, subscriptionId } = await subscribed("Tides", { requiresApproval: true });
  await retireRelease(owner, releaseId);
  expect(await rows()).toMatchObject([{ state: "cancelled", retired: { reason: "" } }]);
  await expect(decideSubscription(owner, { subscriptionId, decision: "approve" })).rejects.toMatchObject({
    code: "STATE_INVALID",
    detail: expect.stringContaining("Tides is retired"),
  });
});

test("what the developer ended is history, and a new subscription after a new publish takes the retired row's place (F59)", async () => {
  const ended = await subscribed("Snow");
  await cancelSubscription(developer.owner, { subscriptionId: ended.subscriptionId });
  await retireRelease(owner, ended.releaseId);
  expect(await ended.rows()).toEqual([]);

  const { rows, releaseId, publish, subscribe, productId } = await subscribed("Rain");
  await retireRelease(owner, releaseId, "For the summer.");
  await publish();
  expect(await rows()).toMatchObject([{ retired: { reason: "For the summer." }, product: { retired: false } }]);
  expect((await readProduct(owner, productId)).releases).toMatchObject([{ state: "published", retiredAt: null }]);
  await subscribe();
  expect(await rows()).toMatchObject([{ state: "active", retired: null }]);
});

test("deleting a retired product leaves the row of who was subscribed, and its name is free again (F59)", async () => {
  const { rows, releaseId, productId } = await subscribed("Hail");
  await retireRelease(owner, releaseId, "Nobody needs hail.");
  await deleteProduct(owner, productId);
  expect(await rows()).toMatchObject([{ retired: { reason: "Nobody needs hail." }, product: { title: "Hail" } }]);
  await expect(readProduct(owner, productId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(publishProduct(owner, { productId, catalogId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(deleteProduct(owner, productId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await listProducts(owner, { organization: slug, q: "Hail" })).rows).toEqual([]);
  const { id } = await createProduct(owner, { organization: slug, title: "Hail", version: "1.0.0" });
  expect((await readProduct(owner, id)).name).toBe("hail");
});
