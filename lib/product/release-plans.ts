import type { Tx } from "#lib/db/client.ts";
import type { Plan, Prisma } from "#lib/db/generated/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId, slugify } from "#lib/ids.ts";
import type { PlanLimits } from "./plan.rules.ts";
import { toPlanLimits } from "./product.schema.ts";

interface ReleasedPlan {
  id: string;
  name: string;
  title: string;
  planId: string | null;
}

/**
 * Brings the plans of a release, which is locked, to those of the draft. A plan is the same by its own ID, so that
 * subscriptions stay on it whatever its title; one that a portal of an older version made or saved is known by its name
 * and title. Returns the IDs in the release, in the draft's order. Throws STATE_INVALID when a plan would vanish under a
 * subscription.
 */
export async function releasePlans(tx: Tx, releaseId: string, plans: Plan[]): Promise<string[]> {
  const released = await tx.releasePlan.findMany({
    where: { releaseId },
    select: { id: true, name: true, title: true, planId: true },
  });
  const matches = matchPlans(plans, released);
  await refuseOrphans(tx, releaseId, [...matches.values()]);
  const kept: string[] = [];
  for (const plan of plans) {
    const values = {
      planId: plan.id,
      endedAt: null,
      position: plan.position,
      title: plan.title,
      ...toColumns(toPlanLimits(plan)),
      requiresApproval: plan.requiresApproval,
    };
    const id = matches.get(plan.id) ?? newId();
    if (matches.has(plan.id)) await tx.releasePlan.update({ where: { id }, data: values });
    else await tx.releasePlan.create({ data: { id, releaseId, name: freeName(plan.name, released), ...values } });
    kept.push(id);
  }
  return kept;
}

/** Plan.id -> ReleasePlan.id of the plans that the release has already. */
function matchPlans(plans: Plan[], released: ReleasedPlan[]): Map<string, string> {
  const drafted = new Set(plans.map((plan) => plan.id));
  const matches = new Map<string, string>();
  for (const plan of plans) {
    const same =
      released.find((one) => one.planId === plan.id) ??
      released.find(
        (one) =>
          (one.planId === null || !drafted.has(one.planId)) &&
          one.name === plan.name &&
          slugify(one.title) === slugify(plan.title),
      );
    if (same) matches.set(plan.id, same.id);
  }
  return matches;
}

/** A plan that ended may still have the name. */
function freeName(wanted: string, released: ReleasedPlan[]): string {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (released.every((one) => one.name !== name)) return name;
  }
}

async function refuseOrphans(tx: Tx, releaseId: string, kept: string[]): Promise<void> {
  const orphaned = await tx.subscription.findFirst({
    where: {
      releaseId,
      state: { in: ["pending", "active", "suspended"] },
      application: { isTest: false },
      releasePlanId: { notIn: kept },
    },
    select: { plan: { select: { title: true } }, application: { select: { name: true } } },
  });
  if (orphaned) {
    throw new AppError("STATE_INVALID", {
      detail: `${orphaned.application.name} is on the plan ${orphaned.plan.title}, which the draft no longer has. Keep the plan, or end that subscription first.`,
    });
  }
}

/** The columns of a plan's limits. */
export const toColumns = (limits: PlanLimits) =>
  ({
    rateLimits: limits.rateLimits,
    burstLimits: limits.burstLimits,
    quotas: limits.quotas,
    operationLimits: limits.operationLimits,
  }) as unknown as Record<keyof PlanLimits, Prisma.InputJsonArray>;

/**
 * Ends the plans of a release that the draft no longer has, after the test application has moved off them. Those on which
 * a subscription ended stay: its owner still reads what it was.
 */
export async function dropOldPlans(tx: Tx, releaseId: string, kept: string[]): Promise<void> {
  const gone = { releaseId, id: { notIn: kept } };
  await tx.releasePlan.deleteMany({ where: { ...gone, subscriptions: { none: {} } } });
  await tx.releasePlan.updateMany({ where: { ...gone, endedAt: null }, data: { endedAt: new Date() } });
}
