import { db } from "#lib/db/client.ts";

/** A gateway that has not written its heartbeat for this long is not waited for. */
const ALIVE_MS = 5_000;

export interface LiveState {
  /** Gateways that are alive. */
  gateways: number;
  /** Those that have applied the change. */
  live: number;
  /** Whether every gateway that is alive (at least one) has applied it. */
  complete: boolean;
  waitedMs: number;
}

/**
 * Waits until every gateway that is alive has applied the change of transaction `xid` (of `recordChange`), at most
 * `timeoutMs`. Called after the commit. It never throws for a slow gateway: the answer says what holds.
 */
export async function waitUntilLive(xid: bigint, timeoutMs = 2_000): Promise<LiveState> {
  const started = Date.now();
  for (;;) {
    const rows = await db().$queryRaw<{ gateways: number; live: number }[]>`
      select count(*)::int as gateways, count(*) filter (where "appliedXid" > ${xid})::int as live
      from "GatewayNode" where "heartbeatAt" > now() - ${ALIVE_MS} * interval '1 millisecond'`;
    const { gateways, live } = rows[0] ?? { gateways: 0, live: 0 };
    const waitedMs = Date.now() - started;
    if ((gateways > 0 && live === gateways) || gateways === 0 || waitedMs >= timeoutMs) {
      return { gateways, live, complete: gateways > 0 && live === gateways, waitedMs };
    }
    // The gateways are told by NOTIFY and write their acknowledgement within milliseconds; 15 ms keeps the wait short and the load small.
    await new Promise((go) => setTimeout(go, 15));
  }
}
