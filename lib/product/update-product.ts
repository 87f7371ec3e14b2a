import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, transaction } from "#lib/db/client.ts";
import { AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { newId, slugify } from "#lib/ids.ts";
import { checkOperations } from "./check-operations.ts";
import type { LimitSet } from "./plan.rules.ts";
import type { PlanInput, UpdateProductInput } from "./product.schema.ts";
import { toColumns } from "./release-plans.ts";

/**
 * Replaces title, APIs and plans of a draft product; what is published stays as it is until republished (S48).
 * A plan keeps its identity by its name (the slug of its title). Field errors: `plans.N.title`, `plans.N.operations.M.operation`,
 * `apiIds`.
 */
export async function updateProduct(actor: Actor, input: UpdateProductInput): Promise<void> {
  const permit = authorize(actor, "product:write");
  const product = await db().product.findFirst({
    where: { id: input.id, ...ownedThrough("space", permit) },
    select: { id: true, spaceId: true, space: { select: { organizationId: true } } },
  });
  if (!product) throw notFound();

  const plans = input.plans.map((plan, position) => ({
    ...plan,
    position,
    name: slugify(plan.title) || `plan-${position + 1}`,
  }));
  for (const [index, plan] of plans.entries()) {
    if (plans.findIndex((other) => other.name === plan.name) < index) {
      throw fieldError(`plans.${index}.title`, "Another plan of this product has this name.");
    }
  }
  const known = await db().apiDefinition.count({ where: { id: { in: input.apiIds }, spaceId: product.spaceId } });
  if (known !== new Set(input.apiIds).size)
    throw new AppError("INPUT_INVALID", {
      fields: [{ field: "apiIds", message: "One of the APIs is gone. Load the page again." }],
    });

  await transaction(async (tx) => {
    await checkOperations(tx, input);
    await tx.product.update({ where: { id: product.id }, data: { title: input.title, updatedAt: new Date() } });
    await tx.productApi.deleteMany({ where: { productId: product.id } });
    await tx.productApi.createMany({
      data: input.apiIds.map((apiDefinitionId, position) => ({ productId: product.id, apiDefinitionId, position })),
    });
    await tx.plan.deleteMany({ where: { productId: product.id } });
    await tx.plan.createMany({
      data: plans.map(({ title, name, position, requiresApproval, operations, ...limits }) => ({
        id: newId(),
        productId: product.id,
        position,
        name,
        title,
        ...toColumns({
          ...toLimitSet(limits),
          operationLimits: operations.map(({ apiId, operation, ...own }) => ({ apiId, operation, ...toLimitSet(own) })),
        }),
        requiresApproval,
      })),
    });
    await recordEvent(tx, permit, "product.updated", {
      organizationId: product.space.organizationId,
      type: "product",
      id: product.id,
      name: input.title,
    });
  });
}

const toLimitSet = (typed: Pick<PlanInput, "rateLimit" | "burstLimit" | "quota">): LimitSet => ({
  rateLimits: typed.rateLimit,
  burstLimits: typed.burstLimit,
  quotas: typed.quota,
});
