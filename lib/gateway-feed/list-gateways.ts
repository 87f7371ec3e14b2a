import type { Actor } from "#lib/access/actor.ts";
import { authorizeAdministrator } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import { BEHIND_MAX, type GatewayDto } from "./gateway.schema.ts";
import { ALIVE_MS } from "./gateway-node.ts";

interface Seen {
  id: string;
  silent: boolean;
  behind: number;
  seenAt: Date | null;
}

export interface GatewayList extends Page<GatewayDto> {
  /** Of all pages. */
  total: number;
  silent: number;
}

/** The gateway processes of the installation, by address: since when each runs, when it was last heard of, what it has seen. */
export async function listGateways(actor: Actor, input: PageInput): Promise<GatewayList> {
  authorizeAdministrator(actor);
  const page = await pageOf(input, ({ take, cursor }) =>
    db().gatewayNode.findMany({
      select: { id: true, address: true, version: true, startedAt: true, heartbeatAt: true, draining: true },
      orderBy: [{ address: "asc" }, { id: "asc" }],
      take,
      ...cursor,
    }),
  );
  const ids = page.rows.map(({ id }) => id);
  // The database's clock says who is silent: it wrote the heartbeats.
  const [seen, counts] = await Promise.all([
    db().$queryRaw<Seen[]>`
      select n.id, n."heartbeatAt" <= now() - ${ALIVE_MS} * interval '1 millisecond' as silent,
        (select count(*)::int from (
          select 1 from "GatewayChange" c where c.xid >= n."appliedXid" limit ${BEHIND_MAX}) unseen) as behind,
        (select c."createdAt" from "GatewayChange" c where c.xid < n."appliedXid"
          order by c.xid desc, c.id desc limit 1) as "seenAt"
      from "GatewayNode" n where n.id = any(${ids}::uuid[])`,
    db().$queryRaw<{ total: number; silent: number }[]>`
      select count(*)::int as total,
        count(*) filter (where "heartbeatAt" <= now() - ${ALIVE_MS} * interval '1 millisecond')::int as silent
      from "GatewayNode"`,
  ]);
  const byId = new Map(seen.map((row) => [row.id, row]));
  const rows = page.rows.flatMap(({ draining, ...node }): GatewayDto[] => {
    const row = byId.get(node.id);
    // It went between the two statements.
    if (!row) return [];
    const state = row.silent ? "silent" : draining ? "draining" : "answers";
    return [{ ...node, state, behind: row.behind, seenAt: row.seenAt }];
  });
  return { rows, next: page.next, total: counts[0]?.total ?? 0, silent: counts[0]?.silent ?? 0 };
}
