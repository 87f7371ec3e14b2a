import { db } from "#lib/db/client.ts";
import { ALIVE_MS } from "./gateway-node.ts";

export interface LiveState {
  /** Gateway processes that may be serving: those that are alive, and those that fell silent without saying that they stop. */
  gateways: number;
  /** Those that have applied the change. */
  live: number;
  /** Whether each of them (at least one) has applied it. */
  complete: boolean;
  waitedMs: number;
}

interface Count {
  gateways: number;
  live: number;
  awaited: number;
}

/**
 * Waits until every gateway that is alive has applied the change of transaction `xid` (of `recordChange`), at most
 * `timeoutMs`. Called after the commit. It never throws for a slow gateway: the answer says what holds. A gateway that
 * has been silent for five seconds is not waited for, but it counts as one that has not confirmed: it may have lost the
 * database and serve on with what it knows, until GATEWAY_STALE_SECONDS have passed.
 */
export async function waitUntilLive(xid: bigint, timeoutMs = 2_000): Promise<LiveState> {
  const started = Date.now();
  for (;;) {
    const rows = await db().$queryRaw<Count[]>`
      select count(*)::int as gateways, count(*) filter (where "appliedXid" > ${xid})::int as live,
        count(*) filter (where "appliedXid" <= ${xid}
          and "heartbeatAt" > now() - ${ALIVE_MS} * interval '1 millisecond')::int as awaited
      from "GatewayNode"`;
    const { gateways, live, awaited } = rows[0] ?? { gateways: 0, live: 0, awaited: 0 };
    const waitedMs = Date.now() - started;
    if (awaited === 0 || waitedMs >= timeoutMs) {
      return { gateways, live, complete: gateways > 0 && live === gateways, waitedMs };
    }
    // The gateways are told by NOTIFY and write their acknowledgement within milliseconds; 15 ms keeps the wait short and the load small.
    await new Promise((go) => setTimeout(go, 15));
  }
}
