import { db } from "#lib/db/client.ts";
import type { ChangeKind } from "./record-change.ts";

export interface FeedChange {
  id: bigint;
  xid: bigint;
  kind: ChangeKind;
  entityId: string;
}

export interface FeedPage {
  /** Every transaction below this ID has ended: what of it is visible now is all there will be. */
  horizon: bigint;
  changes: FeedChange[];
}

/** The horizon alone; taken before a full load, so that what commits meanwhile is read again afterwards. */
export async function readHorizon(): Promise<bigint> {
  const rows = await db().$queryRaw<{ horizon: bigint }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon`;
  return rows[0]?.horizon ?? 0n;
}

/**
 * Reads the changes of transactions from `from` on. Polling by `id > last` loses rows that commit late; here the next
 * poll starts at `horizon`, below which nothing is still running. Rows above it are returned as well (a long
 * transaction of somebody else must not delay a revocation) and come again with the next poll.
 */
export async function readChanges(from: bigint): Promise<FeedPage> {
  // One statement: horizon and rows come from the same database snapshot.
  const rows = await db().$queryRaw<(Partial<FeedChange> & { horizon: bigint })[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon, c.id, c.xid, c.kind, c."entityId"
    from (select 1) one left join "GatewayChange" c on c.xid >= ${from} order by c.xid, c.id`;
  const changes = rows.filter((row): row is FeedChange & { horizon: bigint } => row.id != null);
  return { horizon: rows[0]?.horizon ?? from, changes };
}
