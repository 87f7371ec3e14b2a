import type { Tx } from "#lib/db/client.ts";

/** The channel that gateways LISTEN on; the payload is empty, the table is the truth. */
export const FEED_CHANNEL = "portico_gateway";

/** What a gateway reloads: one entity of the snapshot. */
export type ChangeKind = "published-api" | "application" | "credential" | "subscription" | "release" | "signing-key";

/**
 * Announces a change that gateways must apply, in the mutation's own transaction: a row of the feed and a NOTIFY,
 * both visible at commit. Returns the transaction's ID, which `waitUntilLive` takes after the commit.
 */
export async function recordChange(tx: Tx, kind: ChangeKind, entityId: string): Promise<bigint> {
  const rows = await tx.$queryRaw<{ xid: bigint }[]>`
    insert into "GatewayChange" (xid, kind, "entityId")
    values (pg_current_xact_id()::text::bigint, ${kind}, ${entityId}::uuid)
    returning xid`;
  await tx.$executeRaw`select pg_notify(${FEED_CHANNEL}, '')`;
  const xid = rows[0]?.xid;
  if (xid === undefined) throw new Error("the change feed returned no row");
  return xid;
}

/** The same for many of one kind, in one statement; null when there are none. */
export async function recordChanges(tx: Tx, kind: ChangeKind, entityIds: readonly string[]): Promise<bigint | null> {
  if (entityIds.length === 0) return null;
  await tx.$executeRaw`
    insert into "GatewayChange" (xid, kind, "entityId")
    select pg_current_xact_id()::text::bigint, ${kind}, changed from unnest(${[...entityIds]}::uuid[]) changed`;
  const [row] = await tx.$queryRaw<{ xid: bigint }[]>`
    select pg_current_xact_id()::text::bigint as xid, pg_notify(${FEED_CHANNEL}, '')::text as told`;
  return row?.xid ?? null;
}
