import type { Tx } from "#lib/db/client.ts";
import type { Plan, Prisma } from "#lib/db/generated/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import type { PlanLimits } from "./plan.rules.ts";
import { toPlanLimits } from "./product.schema.ts";

/**
 * Makes or refreshes the release of a product in a catalog with its plans, matched by name, so that subscriptions go
 * on under their plan (docs/decisions/005). Returns its ID. Throws STATE_INVALID when a plan would vanish under a subscription.
 */
export async function releasePlans(
  tx: Tx,
  product: { id: string; title: string; version: string; plans: Plan[] },
  catalogId: string,
): Promise<string> {
  const content = {
    state: "published",
    title: product.title,
    version: product.version,
    publishedAt: new Date(),
  } as const;
  const { id: releaseId } = await tx.productRelease.upsert({
    where: { productId_catalogId: { productId: product.id, catalogId } },
    create: { id: newId(), productId: product.id, catalogId, ...content },
    update: content,
    select: { id: true },
  });
  const names = product.plans.map((plan) => plan.name);
  const orphaned = await tx.subscription.findFirst({
    where: {
      releaseId,
      state: { in: ["pending", "active", "suspended"] },
      application: { isTest: false },
      plan: { name: { notIn: names } },
    },
    select: { plan: { select: { title: true } }, application: { select: { name: true } } },
  });
  if (orphaned) {
    throw new AppError("STATE_INVALID", {
      detail: `${orphaned.application.name} is on the plan ${orphaned.plan.title}, which the draft no longer has. Keep the plan, or end that subscription first.`,
    });
  }
  for (const plan of product.plans) {
    const values = {
      position: plan.position,
      title: plan.title,
      ...toColumns(toPlanLimits(plan)),
      requiresApproval: plan.requiresApproval,
    };
    await tx.releasePlan.upsert({
      where: { releaseId_name: { releaseId, name: plan.name } },
      create: { id: newId(), releaseId, name: plan.name, ...values },
      update: values,
    });
  }
  return releaseId;
}

/** The columns of a plan's limits. */
export const toColumns = (limits: PlanLimits) =>
  ({
    rateLimits: limits.rateLimits,
    burstLimits: limits.burstLimits,
    quotas: limits.quotas,
    operationLimits: limits.operationLimits,
  }) as unknown as Record<keyof PlanLimits, Prisma.InputJsonArray>;

/** Removes plans that the draft no longer has; after the test application has moved off them. */
export async function dropOldPlans(tx: Tx, releaseId: string, names: string[]): Promise<void> {
  await tx.releasePlan.deleteMany({ where: { releaseId, name: { notIn: names } } });
}
