import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import { labelsOf } from "#lib/application/tell-apart.rules.ts";
import { db } from "#lib/db/client.ts";
import { type Part, partOf } from "#lib/page.rules.ts";
import type { FindSubscribersInput, Subscriber } from "./subscription.schema.ts";

/** Applications that the subscribe column offers at once; a search by name finds the others. */
const ROWS_MAX = 100;

/**
 * The applications that the actor may subscribe, newest first, with what they have of these products in the catalog,
 * and whether they have a credential that works there; `q` is a part of the name. None for someone who has not signed in.
 */
export async function listSubscribers(actor: Actor, target: FindSubscribersInput): Promise<Part<Subscriber>> {
  if (actor.kind !== "user") return { rows: [], more: false };
  const organizationIds = actor.memberships
    .map((m) => m.organizationId)
    .filter((id) => mayIn(actor, "subscription:request", id));
  const q = target.q?.trim();
  const rows = await db().application.findMany({
    where: {
      organizationId: { in: organizationIds },
      isTest: false,
      ...(q && { name: { contains: q, mode: "insensitive" } }),
    },
    select: {
      id: true,
      name: true,
      createdAt: true,
      credentials: {
        where: { kind: "standard", status: "active" },
        select: { clientId: true },
        orderBy: { createdAt: "asc" },
        take: 1,
      },
      organization: { select: { name: true } },
      subscriptions: {
        where: {
          catalogId: target.catalogId,
          productId: { in: target.productIds },
          state: { in: ["pending", "active", "suspended"] },
        },
        select: { state: true, productId: true, releasePlanId: true, plan: { select: { title: true } } },
      },
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: ROWS_MAX + 1,
  });
  const callers = await callersOf(
    rows.map(({ id }) => id),
    target.environment,
  );
  const labels = labelsOf(rows.map((row) => ({ ...row, clientId: row.credentials[0]?.clientId })));
  const subscribers = rows.map((row, index) => ({
    id: row.id,
    name: row.name,
    label: labels[index] ?? row.name,
    organization: row.organization.name,
    callsHere: callers.has(row.id),
    has: row.subscriptions.map((s) => ({
      productId: s.productId,
      planId: s.releasePlanId,
      planTitle: s.plan.title,
      state: s.state as "pending" | "active" | "suspended",
    })),
  }));
  return partOf(subscribers, ROWS_MAX);
}

/** Those of these applications that have a credential for the environment. */
async function callersOf(ids: string[], environment: FindSubscribersInput["environment"]): Promise<Set<string>> {
  const rows = await db().credential.findMany({
    where: { applicationId: { in: ids }, kind: "standard", status: "active", environment },
    select: { applicationId: true },
    distinct: ["applicationId"],
  });
  return new Set(rows.map((row) => row.applicationId));
}
