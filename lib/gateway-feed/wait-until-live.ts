import type { Actor } from "#lib/access/actor.ts";
import { mayKnowGateways } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { ALIVE_MS } from "./gateway-node.ts";
import { type LiveState, UNCONFIRMED_MAX } from "./live.rules.ts";

interface Row {
  address: string;
  heartbeatAt: Date;
  live: boolean;
  alive: boolean;
}

/**
 * Waits until every gateway that is alive has applied the change of transaction `xid` (of `recordChange`), at most
 * `timeoutMs`. Called after the commit. It never throws for a slow gateway: the answer says what holds. A gateway that
 * has been silent for five seconds is not waited for, but it counts as one that has not confirmed: it may have lost the
 * database and serve on with what it knows, until GATEWAY_STALE_SECONDS have passed. `reader` is told which they are
 * where they may know the machines.
 */
export async function waitUntilLive(xid: bigint, reader: Actor, timeoutMs = 2_000): Promise<LiveState> {
  const started = Date.now();
  for (;;) {
    const nodes = await db().$queryRaw<Row[]>`
      select address, "heartbeatAt", "appliedXid" > ${xid} as live,
        "heartbeatAt" > now() - ${ALIVE_MS} * interval '1 millisecond' as alive
      from "GatewayNode" order by "heartbeatAt", id`;
    const behind = nodes.filter(({ live }) => !live);
    const waitedMs = Date.now() - started;
    if (waitedMs >= timeoutMs || !behind.some(({ alive }) => alive)) {
      const known = mayKnowGateways(reader);
      return {
        gateways: nodes.length,
        live: nodes.length - behind.length,
        complete: nodes.length > 0 && behind.length === 0,
        waitedMs,
        unconfirmed: behind.slice(0, UNCONFIRMED_MAX).map(({ address, heartbeatAt, alive }) => ({
          address: known ? address : null,
          silentSince: alive ? null : heartbeatAt,
        })),
      };
    }
    // The gateways are told by NOTIFY and write their acknowledgement within milliseconds; 15 ms keeps the wait short and the load small.
    await new Promise((go) => setTimeout(go, 15));
  }
}
