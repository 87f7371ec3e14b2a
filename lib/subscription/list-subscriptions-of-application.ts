import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { loadApplication } from "#lib/application/load-application.ts";
import { db } from "#lib/db/client.ts";
import { type Part, partOf } from "#lib/page.rules.ts";
import { subscriptionSelect, toSubscriptionDto } from "./subscription.dto.ts";
import type { SubscriptionDto } from "./subscription.schema.ts";

/** More than one application subscribes to; the page says so when there are more. */
const ROWS_MAX = 200;

/** The subscriptions of one application that are open or were rejected, oldest first (S21); cancelled ones are history. */
export async function listSubscriptionsOfApplication(
  actor: Actor,
  applicationId: string,
): Promise<Part<SubscriptionDto>> {
  const permit = authorize(actor, "application:read");
  await loadApplication(permit, applicationId);
  return subscriptionsOf(permit, applicationId);
}

/** The same of an application that was read already; of a foreign one it finds none. */
export async function subscriptionsOf(permit: Permit, applicationId: string): Promise<Part<SubscriptionDto>> {
  const rows = await db().subscription.findMany({
    where: { applicationId, ...ownedThrough("application", permit), state: { not: "cancelled" } },
    select: subscriptionSelect,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: ROWS_MAX + 1,
  });
  return partOf(rows.map(toSubscriptionDto), ROWS_MAX);
}
