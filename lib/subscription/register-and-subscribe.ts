import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { type RegisteredApplication, registerApplication } from "#lib/application/register-application.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type RequestedSubscription, requestSubscription } from "./request-subscription.ts";
import { type RegisterAndSubscribeInput, registerAndSubscribeInput } from "./subscription.schema.ts";

/**
 * Registers an application on the spot and subscribes it (S20). Its first credential is for the environment of the
 * catalog, so that it works there at once.
 */
export async function registerAndSubscribe(
  actor: Actor,
  input: RegisterAndSubscribeInput,
): Promise<RegisteredApplication & { subscription: RequestedSubscription }> {
  authorize(actor, "application:write");
  const { organizationId, name, ...wanted } = registerAndSubscribeInput.parse(input);
  // Asked before anything is made: a plan that is gone must not leave an application behind.
  const plan = await db().releasePlan.findFirst({
    where: { id: wanted.planId, releaseId: wanted.releaseId, release: { state: "published" } },
    select: { release: { select: { catalog: { select: { kind: true } } } } },
  });
  if (!plan) throw notFound();
  const environment = plan.release.catalog.kind;
  const registered = await registerApplication(actor, { organizationId, name, environment });
  const subscription = await requestSubscription(actor, { applicationId: registered.applicationId, ...wanted });
  return { ...registered, subscription };
}
