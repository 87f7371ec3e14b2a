import { feed } from "./feed-connection.ts";
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
  /**
   * false: changes from `from` on are no longer all there (pruned meanwhile, or the database was restored and counts
   * from elsewhere), so that only loading everything brings the reader up to date.
   */
  complete: boolean;
  changes: FeedChange[];
}

const HORIZON = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

/** The horizon alone; taken before a full load, so that what commits meanwhile is read again afterwards. */
export async function readHorizon(): Promise<bigint> {
  const { rows } = await feed().query<{ horizon: string }>(`select ${HORIZON} as horizon`);
  return BigInt(rows[0]?.horizon ?? 0);
}

interface Row {
  horizon: string;
  pruned: string | null;
  id: string | null;
  xid: string;
  kind: ChangeKind;
  entityId: string;
}

/**
 * Reads the changes of transactions from `from` on. Polling by `id > last` loses rows that commit late; here the next
 * poll starts at `horizon`, below which nothing is still running. Rows above it are returned as well (a long
 * transaction of somebody else must not delay a revocation) and come again with the next poll.
 */
export async function readChanges(from: bigint): Promise<FeedPage> {
  // One statement: horizon, rows and how far was pruned come from the same database snapshot. A row from above xmax was
  // restored from another database's backup.
  const { rows } = await feed().query<Row>(
    `select one.horizon, (select "prunedXid" from "GatewayFeed") as pruned, c.id, c.xid, c.kind, c."entityId"
     from (select ${HORIZON} as horizon, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next) one
     left join "GatewayChange" c on c.xid >= $1 and c.xid < one.next order by c.xid, c.id`,
    [from],
  );
  const horizon = BigInt(rows[0]?.horizon ?? from);
  const pruned = BigInt(rows[0]?.pruned ?? 0);
  const changes: FeedChange[] = [];
  for (const { id, xid, kind, entityId } of rows) {
    if (id !== null) changes.push({ id: BigInt(id), xid: BigInt(xid), kind, entityId });
  }
  return { horizon, complete: horizon >= from && (from >= pruned || pruned > horizon), changes };
}
