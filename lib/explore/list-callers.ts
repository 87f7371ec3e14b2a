import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import { labelsOf } from "#lib/application/tell-apart.rules.ts";
import { db } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { type Part, partOf } from "#lib/page.rules.ts";
import type { Caller } from "./explore-view.schema.ts";
import type { Published } from "./find-published.ts";

/** Applications that the picker offers at once; a search by name finds the others. */
const CALLERS_MAX = 100;

/**
 * The applications that the actor may call with, each with what holds for this API: ready ones first, then those that
 * have something of it, then the newest; `q` is a part of the name. None for someone who has not signed in. The
 * sandbox's test application is not among them.
 */
export async function listCallers(
  actor: Actor,
  { publishedApiId, catalogId, api }: Published,
  q = "",
): Promise<Part<Caller>> {
  if (actor.kind !== "user") return { rows: [], more: false };
  const organizationIds = actor.memberships
    .map((m) => m.organizationId)
    .filter((id) => mayIn(actor, "explore:call", id));
  const open = {
    catalogId,
    state: { in: ["active", "pending", "suspended"] },
    release: { state: "published", apis: { some: { publishedApiId } } },
  } satisfies Prisma.SubscriptionWhereInput;
  const name = q.trim();
  const mine = {
    organizationId: { in: organizationIds },
    isTest: false,
    ...(name !== "" && { name: { contains: name, mode: "insensitive" } }),
  } satisfies Prisma.ApplicationWhereInput;
  const find = (where: Prisma.ApplicationWhereInput, take: number) =>
    db().application.findMany({
      where,
      select: {
        id: true,
        name: true,
        createdAt: true,
        state: true,
        organization: { select: { name: true } },
        subscriptions: { where: open, select: { state: true, plan: { select: { title: true } } } },
        credentials: {
          where: { kind: "standard", status: "active", environment: api.catalog.kind },
          select: { clientId: true },
          orderBy: { createdAt: "asc" },
        },
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take,
    });
  // Those that have something of this API first: among hundreds they would else be left out.
  const having = await find({ ...mine, subscriptions: { some: open } }, CALLERS_MAX + 1);
  const room = CALLERS_MAX + 1 - having.length;
  const others = room > 0 ? await find({ ...mine, subscriptions: { none: open } }, room) : [];
  const order = ["ready", "pending", "suspended", "not-subscribed"];
  const rows = [...having, ...others];
  const labels = labelsOf(rows.map((row) => ({ ...row, clientId: row.credentials[0]?.clientId })));
  const callers = rows
    .map((row, index): Caller => {
      const { state, plan } = standing(row.subscriptions);
      return {
        id: row.id,
        name: row.name,
        label: labels[index] ?? row.name,
        organization: row.organization.name,
        state: row.state === "suspended" ? "suspended" : state,
        plan,
        clientIds: row.credentials.map((c) => c.clientId),
      };
    })
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return partOf(callers, CALLERS_MAX);
}

/** The best of the subscriptions: in force before waiting before suspended. */
function standing(subscriptions: { state: string; plan: { title: string } }[]): Pick<Caller, "state" | "plan"> {
  for (const [from, to] of [
    ["active", "ready"],
    ["pending", "pending"],
    ["suspended", "suspended"],
  ] as const) {
    const found = subscriptions.find((s) => s.state === from);
    if (found) return { state: to, plan: found.plan.title };
  }
  return { state: "not-subscribed", plan: null };
}
