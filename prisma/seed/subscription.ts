import type { Actor } from "#lib/access/actor.ts";
import { db } from "#lib/db/client.ts";
import { requestSubscription } from "#lib/subscription/request-subscription.ts";

interface SubscriptionSeed {
  applicationId: string;
  productId: string;
  /** Title of the plan. */
  plan: string;
}

/** Subscribes an application to a plan of a product in every catalog where the product is published and it has no subscription yet. */
export async function ensureSubscriptions(actor: Actor, { applicationId, productId, plan }: SubscriptionSeed) {
  const releases = await db().productRelease.findMany({
    where: { productId, state: "published", subscriptions: { none: { applicationId } } },
    select: { id: true, plans: { where: { title: plan }, select: { id: true } } },
  });
  for (const release of releases) {
    const [chosen] = release.plans;
    if (chosen) await requestSubscription(actor, { applicationId, releaseId: release.id, planId: chosen.id });
  }
}
