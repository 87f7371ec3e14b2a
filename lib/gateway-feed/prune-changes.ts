import { feed } from "./feed-connection.ts";
import { ALIVE_MS } from "./gateway-node.ts";

/** Changes are kept this long, so that a gateway that lost the database for an afternoon catches up without reloading. */
const KEPT_HOURS = 24;

/**
 * Removes old changes that every gateway that is alive has applied, and notes how far. Whoever still reads from below
 * that (it was away for longer) is told by `readChanges` that the feed is not complete for it. Any gateway may call it,
 * also several at once. Returns the number of rows that went.
 */
export async function pruneChanges(keptHours = KEPT_HOURS): Promise<number> {
  const { rows } = await feed().query<{ gone: number }>(
    `with now as (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon),
     bound as (
       select least(horizon, (select min("appliedXid") from "GatewayNode"
         where "heartbeatAt" > now() - $2 * interval '1 millisecond')) as xid from now),
     gone as (
       delete from "GatewayChange" c using bound
       where c.xid < bound.xid and c."createdAt" < now() - $1 * interval '1 hour' returning c.xid),
     noted as (
       update "GatewayFeed" f set "prunedXid" =
         greatest(case when f."prunedXid" <= now.horizon then f."prunedXid" end, (select max(xid) + 1 from gone))
       from now where exists (select 1 from gone))
     select count(*)::int as gone from gone`,
    [keptHours, ALIVE_MS],
  );
  return rows[0]?.gone ?? 0;
}
