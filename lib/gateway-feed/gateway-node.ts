import { db } from "#lib/db/client.ts";

/** Rows of gateways that were killed are swept after this long; `waitUntilLive` ignores them after five seconds anyway. */
const GONE_HOURS = 1;

export interface GatewayNode {
  id: string;
  /** What operators see: host and port. */
  address: string;
}

/** Writes the heartbeat of a gateway process and acknowledges every change of a transaction below `appliedXid`. */
export async function acknowledgeChanges(node: GatewayNode, appliedXid: bigint): Promise<void> {
  await db().$executeRaw`
    insert into "GatewayNode" (id, address, "appliedXid") values (${node.id}::uuid, ${node.address}, ${appliedXid})
    on conflict (id) do update set "heartbeatAt" = now(), "appliedXid" = greatest("GatewayNode"."appliedXid", excluded."appliedXid")`;
}

/** Takes a gateway that stops off the list, so that nobody waits for it. */
export async function removeGatewayNode(id: string): Promise<void> {
  await db().gatewayNode.deleteMany({ where: { id } });
}

/** Removes the rows of gateways that ended without a word. */
export async function sweepGatewayNodes(): Promise<void> {
  await db().$executeRaw`
    delete from "GatewayNode" where "heartbeatAt" < now() - ${GONE_HOURS} * interval '1 hour'`;
}
