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

/** As many rows at a time are read of what moved. */
const MOVED_ROWS = 200;

/**
 * Reads the subscriptions of these releases that were written by a transaction from `sinceXid` on, which is what a
 * republish moved to other plans; of the rest there may be a hundred thousand. `ended`: those that are in force no more.
 */
export async function readMovedSubscriptions(
  releaseIds: readonly string[],
  sinceXid: bigint,
  tx: Tx,
): Promise<{ moved: SubscriptionForGateway[]; ended: string[] }> {
  const moved: SubscriptionForGateway[] = [];
  const ended: string[] = [];
  const open: readonly string[] = STATES;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    // The system column says who wrote the row last; ages compare as transaction IDs do, also where they wrap.
    const rows = await tx.$queryRaw<SubscriptionForGateway[]>`
      select id, "applicationId", "releaseId", "releasePlanId", state::text from "Subscription"
      where "releaseId" = any(${[...releaseIds]}::uuid[]) and id > ${after}::uuid
        and age(xmin) <= age((${String(sinceXid)}::xid8)::xid)
      order by id limit ${MOVED_ROWS}`;
    for (const row of rows) {
      if (open.includes(row.state)) moved.push(row);
      else ended.push(row.id);
    }
    if (rows.length < MOVED_ROWS) return { moved, ended };
    after = rows.at(-1)?.id ?? after;
  }
}
