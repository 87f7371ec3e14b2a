import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { loadApplication } from "#lib/application/load-application.ts";
import { db } from "#lib/db/client.ts";
import { type Part, partOf } from "#lib/page.rules.ts";
import { subscriptionSelect, toSubscriptionDto } from "./subscription.dto.ts";
import type { SubscriptionDto } from "./subscription.schema.ts";

/** More than one application subscribes to; the page says so when there are more. */
const ROWS_MAX = 200;

/**
 * The subscriptions of one application that are open, were rejected, or ended because the product was retired, oldest
 * first (S21). Those that the developer ended are history, as is one that ended with a retirement when there is another of
 * the product in the catalog since.
 */
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
    where: {
      applicationId,
      ...ownedThrough("application", permit),
      OR: [{ state: { not: "cancelled" } }, { endCause: "retired" }],
    },
    select: subscriptionSelect,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: ROWS_MAX + 1,
  });
  const part = partOf(rows.map(toSubscriptionDto), ROWS_MAX);
  return { ...part, rows: part.rows.filter((row, at) => !row.retired || !isFollowed(row, part.rows.slice(at + 1))) };
}

const isFollowed = (row: SubscriptionDto, later: SubscriptionDto[]): boolean =>
  later.some(
    ({ product, catalog }) =>
      product.id === row.product.id &&
      catalog.slug === row.catalog.slug &&
      catalog.organization.slug === row.catalog.organization.slug,
  );
