import { db, type Tx } from "#lib/db/client.ts";

export interface SubscriptionForGateway {
  id: string;
  applicationId: string;
  releaseId: string;
  releasePlanId: string;
  state: "pending" | "active" | "suspended";
}

/** Reads the subscriptions that are in force or tell an owner why not, or those of `ids`; ended ones are left out. */
export async function readSubscriptionsForGateway(
  ids?: readonly string[],
  tx: Tx = db(),
): Promise<SubscriptionForGateway[]> {
  const rows = await tx.subscription.findMany({
    where: { ...(ids && { id: { in: [...ids] } }), state: { in: ["pending", "active", "suspended"] } },
    select: { id: true, applicationId: true, releaseId: true, releasePlanId: true, state: true },
    orderBy: { id: "asc" },
  });
  return rows as SubscriptionForGateway[];
}

/** IDs of the subscriptions of these releases: a republish may move them to other plans. */
export async function subscriptionIdsOfReleases(releaseIds: readonly string[], tx: Tx): Promise<string[]> {
  const rows = await tx.subscription.findMany({
    where: { releaseId: { in: [...releaseIds] } },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
