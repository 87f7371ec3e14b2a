import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { type Page, pageOf } from "#lib/page.ts";
import { subscriptionSelect, toSubscriptionDto } from "./subscription.dto.ts";
import type { SubscriptionDto } from "./subscription.schema.ts";
import { type PendingSubscriptionsInput, pendingSubscriptionsInput } from "./subscription.schema.ts";

/** The provider's queue of requests, oldest first, of one organization or of one of its catalogs. */
export async function listPendingSubscriptions(
  actor: Actor,
  input: PendingSubscriptionsInput,
): Promise<Page<SubscriptionDto>> {
  const permit = authorize(actor, "subscription:decide");
  const { organization, catalog, after } = pendingSubscriptionsInput.parse(input);
  const scope = { organization: { slug: organization }, ...(catalog && { slug: catalog }), ...ownedBy(permit) };
  const found = await pageOf(
    { after },
    {
      where: { state: "pending", catalog: scope } as const,
      by: "createdAt",
      direction: "asc",
      cursor: (where) => db().subscription.findFirst({ where, select: { createdAt: true } }),
    },
    (page) =>
      db().subscription.findMany({
        ...page,
        select: subscriptionSelect,
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      }),
  );
  return { rows: found.rows.map(toSubscriptionDto), next: found.next };
}

/** How many requests wait for a decision in an organization; for the rail. */
export async function countPendingSubscriptions(actor: Actor, organization: string): Promise<number> {
  const permit = authorize(actor, "subscription:decide");
  return db().subscription.count({
    where: { state: "pending", catalog: { organization: { slug: organization }, ...ownedBy(permit) } },
  });
}
