import type { Actor } from "#lib/access/actor.ts";
import { authorizeAdministrator } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import { BEHIND_MAX, type GatewayDto } from "./gateway.schema.ts";
import { ALIVE_MS } from "./gateway-node.ts";
import { type Mixture, mixtureOf } from "./limit-store.rules.ts";

interface Seen {
  id: string;
  behind: number;
  seenAt: Date | null;
}

export interface GatewayList extends Page<GatewayDto> {
  /** Of all pages. */
  total: number;
  silent: number;
  /** Those that are alive would count limits in different places. */
  mixture: Mixture | null;
}

/**
 * The gateway processes of the installation, by address, or those that are silent: since when each runs, when it was last
 * heard of, what it has seen.
 */
export async function listGateways(actor: Actor, input: PageInput & { silentOnly?: boolean }): Promise<GatewayList> {
  authorizeAdministrator(actor);
  // The database's clock says who is silent: it wrote the heartbeats.
  const [all] = await db().$queryRaw<{ total: number; silent: number; stores: string[]; aliveSince: Date }[]>`
    with clock as (select now() - ${ALIVE_MS} * interval '1 millisecond' as since)
    select count(*)::int as total, count(*) filter (where "heartbeatAt" <= since)::int as silent,
      coalesce(array_agg(distinct "limitStore") filter (where "limitStore" is not null and "heartbeatAt" > since), '{}')
        as stores,
      (select since from clock) as "aliveSince"
    from "GatewayNode", clock`;
  if (!all) throw new Error("an aggregate has one row");
  const { total, silent, stores, aliveSince } = all;
  const page = await pageOf(
    input,
    {
      where: input.silentOnly ? { heartbeatAt: { lte: aliveSince } } : {},
      by: "address",
      direction: "asc",
      cursor: (where) => db().gatewayNode.findFirst({ where, select: { address: true } }),
    },
    (query) =>
      db().gatewayNode.findMany({
        ...query,
        select: {
          ...{ id: true, address: true, version: true, startedAt: true, heartbeatAt: true },
          ...{ draining: true, limitStore: true },
        },
        orderBy: [{ address: "asc" }, { id: "asc" }],
      }),
  );
  const ids = page.rows.map(({ id }) => id);
  const seen = await db().$queryRaw<Seen[]>`
      select n.id,
        (select count(*)::int from (
          select 1 from "GatewayChange" c where c.xid >= n."appliedXid" limit ${BEHIND_MAX}) unseen) as behind,
        (select c."createdAt" from "GatewayChange" c where c.xid < n."appliedXid"
          order by c.xid desc, c.id desc limit 1) as "seenAt"
      from "GatewayNode" n where n.id = any(${ids}::uuid[])`;
  const byId = new Map(seen.map((row) => [row.id, row]));
  const rows = page.rows.flatMap(({ draining, ...node }): GatewayDto[] => {
    const row = byId.get(node.id);
    // It went between the two statements.
    if (!row) return [];
    const state = node.heartbeatAt <= aliveSince ? "silent" : draining ? "draining" : "answers";
    return [{ ...node, state, behind: row.behind, seenAt: row.seenAt }];
  });
  return { rows, next: page.next, total, silent, mixture: mixtureOf(stores) };
}
