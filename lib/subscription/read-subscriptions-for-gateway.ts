import type { Tx } from "#lib/db/client.ts";
import type { BulkReader } from "#lib/db/read-in-bulk.ts";

export interface SubscriptionForGateway {
  id: string;
  applicationId: string;
  releaseId: string;
  releasePlanId: string;
  state: "pending" | "active" | "suspended";
}

/** Ended ones are left out; the others are in force or tell an owner why not. */
const STATES = ["pending", "active", "suspended"] as const;

/** Reads the subscriptions of `ids`. */
export async function readSubscriptionsForGateway(ids: readonly string[], tx: Tx): Promise<SubscriptionForGateway[]> {
  const rows = await tx.subscription.findMany({
    where: { id: { in: [...ids] }, state: { in: [...STATES] } },
    select: { id: true, applicationId: true, releaseId: true, releasePlanId: true, state: true },
  });
  return rows as SubscriptionForGateway[];
}

/** Yields all subscriptions, some thousand at a time. */
export function readAllSubscriptions(reader: BulkReader): AsyncGenerator<SubscriptionForGateway[]> {
  return reader.pages(
    `select id, "applicationId", "releaseId", "releasePlanId", state::text from "Subscription"
     where state in (${STATES.map((state) => `'${state}'`).join(", ")})`,
  );
}

/** IDs of the subscriptions of these releases: a republish may move them to other plans. */
export async function subscriptionIdsOfReleases(releaseIds: readonly string[], tx: Tx): Promise<string[]> {
  const rows = await tx.subscription.findMany({
    where: { releaseId: { in: [...releaseIds] } },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
