import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import type { Subscriber } from "./subscription.schema.ts";

/** Applications that the subscribe column offers. */
const ROWS_MAX = 100;

/**
 * The applications that the actor may subscribe, newest first, with what they have of these products in the catalog,
 * and whether they have a credential that works there. [] for someone who has not signed in.
 */
export async function listSubscribers(
  actor: Actor,
  target: { catalogId: string; environment: "sandbox" | "production"; productIds: string[] },
): Promise<Subscriber[]> {
  if (actor.kind !== "user") return [];
  const organizationIds = actor.memberships
    .map((m) => m.organizationId)
    .filter((id) => mayIn(actor, "subscription:request", id));
  const rows = await db().application.findMany({
    where: { organizationId: { in: organizationIds }, isTest: false },
    select: {
      id: true,
      name: true,
      organization: { select: { name: true } },
      subscriptions: {
        where: {
          catalogId: target.catalogId,
          productId: { in: target.productIds },
          state: { in: ["pending", "active", "suspended"] },
        },
        select: { state: true, productId: true, releasePlanId: true, plan: { select: { title: true } } },
      },
      _count: {
        select: {
          credentials: { where: { kind: "standard", status: "active", environment: target.environment } },
        },
      },
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: ROWS_MAX,
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    organization: row.organization.name,
    callsHere: row._count.credentials > 0,
    has: row.subscriptions.map((s) => ({
      productId: s.productId,
      planId: s.releasePlanId,
      planTitle: s.plan.title,
      state: s.state as "pending" | "active" | "suspended",
    })),
  }));
}
