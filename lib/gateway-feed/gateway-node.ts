import { feed } from "./feed-connection.ts";

/** A gateway that has not written its heartbeat for this long is not waited for. */
export const ALIVE_MS = 5_000;
/** The row of a predecessor at the same address goes once it has missed two heartbeats. */
const REPLACED_MS = 2_500;
/** Rows of silent gateways that never refuse calls by themselves (GATEWAY_STALE_SECONDS=0) are swept after a week. */
const FORGOTTEN_SECONDS = 7 * 86_400;

export interface GatewayNode {
  id: string;
  /** What operators see: machine, port and, of several processes, which. One process at a time has it. */
  address: string;
  /** Of the software, for operators; left out where none is asked for. */
  version?: string;
}

/**
 * Writes the heartbeat of a gateway process and acknowledges every change of a transaction below `appliedXid`. One that
 * was taken off the list enters itself again, as far as it has read. Returns how many gateway processes are alive, this
 * one among them.
 */
export async function acknowledgeChanges(node: GatewayNode, appliedXid: bigint, draining = false): Promise<number> {
  const { rows } = await feed().query<{ alive: number }>(
    `with own as (
       insert into "GatewayNode" (id, address, "appliedXid", version, draining) values ($1, $2, $3, $5, $6)
       on conflict (id) do update set "heartbeatAt" = now(), "appliedXid" = excluded."appliedXid",
         version = excluded.version, draining = excluded.draining)
     select 1 + count(*)::int as alive from "GatewayNode"
     where id <> $1 and "heartbeatAt" > now() - $4 * interval '1 millisecond'`,
    [node.id, node.address, appliedXid, ALIVE_MS, node.version ?? null, draining],
  );
  return rows[0]?.alive ?? 1;
}

/** Takes a gateway that stops off the list, so that nobody waits for it. */
export async function removeGatewayNode(id: string): Promise<void> {
  await feed().query(`delete from "GatewayNode" where id = $1`, [id]);
}

/**
 * Removes the rows of gateways that ended without a word: those whose address this process has now, and those that
 * have been silent for `staleSeconds`, after which a gateway refuses calls by itself (0: it never does).
 */
export async function sweepGatewayNodes(node: GatewayNode, staleSeconds: number): Promise<void> {
  await feed().query(
    `delete from "GatewayNode" where "heartbeatAt" < now() - $1 * interval '1 second'
       or (address = $2 and id <> $3 and "heartbeatAt" < now() - $4 * interval '1 millisecond')`,
    [staleSeconds || FORGOTTEN_SECONDS, node.address, node.id, REPLACED_MS],
  );
}
