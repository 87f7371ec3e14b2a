import { expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { consumer, provider } from "#lib/test-kit/people.ts";
import { publishedWeather } from "#lib/test-kit/published.ts";
import { listSubscribers } from "./list-subscribers.ts";
import { registerAndSubscribe } from "./register-and-subscribe.ts";

ownDatabase();

test("an application on the spot gets a credential for the environment of the catalog (S20)", async () => {
  const acme = await provider();
  const kit = await publishedWeather(acme, "production");
  const { owner, organizationId } = await consumer();
  const wanted = { organizationId, name: "Spot", releaseId: kit.releaseId, planId: kit.plans.free };
  const made = await registerAndSubscribe(owner, wanted);
  expect(made.credential.secret).toMatch(/^pcs_live_/);
  expect(made.subscription).toMatchObject({ state: "active", application: "Spot", plan: "Free" });
  const { productId } = await db().productRelease.findUniqueOrThrow({ where: { id: kit.releaseId } });
  const target = { catalogId: kit.catalogId, environment: "production" as const, productIds: [productId] };
  expect((await listSubscribers(owner, target)).rows).toMatchObject([
    { name: "Spot", callsHere: true, has: [{ planTitle: "Free", state: "active" }] },
  ]);
  expect((await listSubscribers(owner, { ...target, environment: "sandbox" })).rows).toMatchObject([
    { callsHere: false },
  ]);
});

test("a plan that is not there leaves no application behind", async () => {
  const { owner, organizationId } = await consumer();
  const wanted = { organizationId, name: "Orphan", releaseId: newId(), planId: newId() };
  await expect(registerAndSubscribe(owner, wanted)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await db().application.count({ where: { organizationId } })).toBe(0);
});
