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
  /** `address` without the process: machine and port, which one gateway has at a time. */
  place?: string;
  /** ID of the start: all processes of it have the same, also those that take the place of one that died. */
  run?: string;
  /** Of the software, for operators; left out where none is asked for. */
  version?: string;
}

export interface Others {
  /** Gateway processes that are alive, the one that asks among them. */
  alive: number;
  /** Where the others would count limits (limit-store.rules.ts), each once. */
  stores: string[];
}

/**
 * Writes the heartbeat of a gateway process and acknowledges every change of a transaction below `appliedXid`. One that
 * was taken off the list enters itself again, as far as it has read. Returns what the others say.
 */
export async function acknowledgeChanges(
  node: GatewayNode,
  appliedXid: bigint,
  draining = false,
  limitStore: string | null = null,
): Promise<Others> {
  const { rows } = await feed().query<Others>(
    `with own as (
       insert into "GatewayNode" (id, address, "appliedXid", version, draining, run, "limitStore")
       values ($1, $2, $3, $5, $6, $7, $8)
       on conflict (id) do update set "heartbeatAt" = now(), "appliedXid" = excluded."appliedXid",
         version = excluded.version, draining = excluded.draining, run = excluded.run,
         "limitStore" = excluded."limitStore")
     select 1 + count(*)::int as alive,
       coalesce(array_agg(distinct "limitStore") filter (where "limitStore" is not null), '{}') as stores
     from "GatewayNode" where id <> $1 and "heartbeatAt" > now() - $4 * interval '1 millisecond'`,
    [node.id, node.address, appliedXid, ALIVE_MS, node.version ?? null, draining, node.run ?? null, limitStore],
  );
  return rows[0] ?? { alive: 1, stores: [] };
}

/** Takes a gateway that stops off the list, so that nobody waits for it. */
export async function removeGatewayNode(id: string): Promise<void> {
  await feed().query(`delete from "GatewayNode" where id = $1`, [id]);
}

/**
 * Removes the rows of gateways that ended without a word: those whose address this process has now, those of earlier starts
 * at its place, however many processes they had, and those that have been silent for `staleSeconds`, after which a gateway
 * refuses calls by itself (0: it never does). A silent process of the same start may serve on, and stays.
 */
export async function sweepGatewayNodes(node: GatewayNode, staleSeconds: number): Promise<void> {
  await feed().query(
    `delete from "GatewayNode" where "heartbeatAt" < now() - $1 * interval '1 second'
       or (id <> $3 and "heartbeatAt" < now() - $4 * interval '1 millisecond' and (address = $2
         or (run is distinct from $6 and (address = $5 or starts_with(address, $5 || ', process ')))))`,
    [
      staleSeconds || FORGOTTEN_SECONDS,
      node.address,
      node.id,
      REPLACED_MS,
      node.place ?? node.address,
      node.run ?? null,
    ],
  );
}
