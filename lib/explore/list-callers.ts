import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import type { Caller } from "./explore-view.schema.ts";
import type { Published } from "./find-published.ts";

/** Applications that the picker offers; who has more subscribes and calls from the application's page. */
const CALLERS_MAX = 100;

/**
 * The applications that the actor may call with, each with what holds for this API: ready ones first. [] for someone
 * who has not signed in. The sandbox's test application is not among them.
 */
export async function listCallers(actor: Actor, { publishedApiId, catalogId, api }: Published): Promise<Caller[]> {
  if (actor.kind !== "user") return [];
  const organizationIds = actor.memberships
    .map((m) => m.organizationId)
    .filter((id) => mayIn(actor, "explore:call", id));
  const rows = await db().application.findMany({
    where: { organizationId: { in: organizationIds }, isTest: false },
    select: {
      id: true,
      name: true,
      state: true,
      organization: { select: { name: true } },
      subscriptions: {
        where: {
          catalogId,
          state: { in: ["active", "pending", "suspended"] },
          release: { state: "published", apis: { some: { publishedApiId } } },
        },
        select: { state: true, plan: { select: { title: true } } },
      },
      credentials: {
        where: { kind: "standard", status: "active", environment: api.catalog.kind },
        select: { clientId: true },
        orderBy: { createdAt: "asc" },
      },
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: CALLERS_MAX,
  });
  const order = ["ready", "pending", "suspended", "not-subscribed"];
  return rows
    .map((row): Caller => {
      const { state, plan } = standing(row.subscriptions);
      return {
        id: row.id,
        name: row.name,
        organization: row.organization.name,
        state: row.state === "suspended" ? "suspended" : state,
        plan,
        clientIds: row.credentials.map((c) => c.clientId),
      };
    })
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
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
