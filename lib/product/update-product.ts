import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { whoSaved } from "#lib/audit/who-saved.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange, toRead } from "#lib/db/lock-rows.ts";
import { AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { newId, slugify } from "#lib/ids.ts";
import { comparable } from "#lib/text.schema.ts";
import { checkOperations } from "./check-operations.ts";
import type { LimitSet } from "./plan.rules.ts";
import type { PlanInput, UpdateProductInput } from "./product.schema.ts";
import { toColumns } from "./release-plans.ts";

export interface SavedProduct {
  draftVersion: number;
  /** Of the plans, in the order of the input: those that were new have one now. */
  planIds: string[];
}

/**
 * Replaces title, APIs and plans of a draft product; what is published stays as it is until republished (S48). A plan
 * keeps its identity by its ID, whatever its title becomes. Errors: CONFLICT when somebody saved since `draftVersion`;
 * fields `plans.N.title`, `plans.N.operations.M.operation`, `apiIds`.
 */
export async function updateProduct(actor: Actor, input: UpdateProductInput): Promise<SavedProduct> {
  const permit = authorize(actor, "product:write");
  return transaction(async (tx) => {
    const found = await tx.product.findFirst({
      where: { id: input.id, deletedAt: null, ...ownedThrough("space", permit) },
      select: { spaceId: true, space: { select: { organizationId: true } } },
    });
    if (!found) throw notFound();
    const { organizationId } = found.space;
    await lockDraft(tx, input, found.spaceId);
    const product = await tx.product.findUnique({
      where: { id: input.id, deletedAt: null },
      select: { draftVersion: true, plans: { select: { id: true, name: true, title: true } } },
    });
    if (!product) throw new AppError("CONFLICT", { detail: "Somebody deleted this product a moment ago." });
    if (product.draftVersion !== input.draftVersion) throw await changedMeanwhile(tx, permit, input.id, organizationId);
    const plans = identifyPlans(input.plans, product.plans);
    await checkOperations(tx, input);
    const { draftVersion } = await tx.product.update({
      where: { id: input.id },
      data: { title: input.title, updatedAt: new Date(), draftVersion: { increment: 1 } },
      select: { draftVersion: true },
    });
    await tx.productApi.deleteMany({ where: { productId: input.id } });
    await tx.productApi.createMany({
      data: input.apiIds.map((apiDefinitionId, position) => ({ productId: input.id, apiDefinitionId, position })),
    });
    await writePlans(tx, input.id, plans);
    await recordEvent(tx, permit, "product.updated", {
      organizationId,
      type: "product",
      id: input.id,
      name: input.title,
    });
    return { draftVersion, planIds: plans.map((plan) => plan.id) };
  });
}

/** Takes the product and the APIs that it shall hold, so that none of them goes meanwhile. */
async function lockDraft(tx: Tx, input: UpdateProductInput, spaceId: string): Promise<void> {
  const ids = [...new Set(input.apiIds)];
  // Only of this space: nobody holds rows of others.
  const known = await tx.apiDefinition.findMany({ where: { id: { in: ids }, spaceId }, select: { id: true } });
  const locks = { ApiDefinition: toRead(known.map((api) => api.id)), Product: toChange(input.id) };
  const there = await lockRows(tx, locks);
  if (known.length < ids.length || (!there && (await tx.product.count({ where: { id: input.id } })) > 0)) {
    throw fieldError("apiIds", "One of the APIs is gone. Load the page again.");
  }
}

/** The CONFLICT of a save on an older draft; says who saved meanwhile, and when. */
async function changedMeanwhile(tx: Tx, permit: Permit, id: string, organizationId: string): Promise<AppError> {
  const saved = await whoSaved(tx, permit, { organizationId, action: "product.updated", targetId: id });
  const kept = "Your changes are still here: copy what you need, load the page again, and put them in anew.";
  const words = {
    self: `You saved this product in another window ${saved.when} after you opened it here. ${kept}`,
    other: `${saved.name} saved this product ${saved.when} after you opened it here. ${kept}`,
    unknown: `Somebody saved this product after you opened it here. ${kept}`,
  };
  return new AppError("CONFLICT", { detail: words[saved.who] });
}

interface ExistingPlan {
  id: string;
  name: string;
  title: string;
}
type IdentifiedPlan = PlanInput & { id: string; name: string; position: number; isNew: boolean };

/** Says of each plan which one it is: by its ID; without one, the plan of its title that no other row claims; else a new one. */
function identifyPlans(plans: PlanInput[], existing: ExistingPlan[]): IdentifiedPlan[] {
  const claimed = new Set(plans.map((plan) => plan.id));
  const titles = plans.map((plan) => slugify(plan.title) || comparable(plan.title));
  const names = new Set<string>();
  const known = plans.map((plan, index) => {
    const title = titles[index] ?? "";
    if (titles.indexOf(title) < index) {
      throw fieldError(`plans.${index}.title`, "Another plan of this product has this name.");
    }
    const same = plan.id
      ? existing.find((one) => one.id === plan.id)
      : existing.find((one) => !claimed.has(one.id) && (slugify(one.title) || comparable(one.title)) === title);
    if (plan.id && !same) {
      throw fieldError(`plans.${index}.title`, "The product has this plan no more. Load the page again.");
    }
    if (same) names.add(same.name);
    return same;
  });
  return plans.map((plan, position) => {
    const same = known[position];
    if (same) return { ...plan, id: same.id, name: same.name, position, isNew: false };
    const name = freeName(slugify(plan.title) || `plan-${position + 1}`, names);
    names.add(name);
    return { ...plan, id: newId(), name, position, isNew: true };
  });
}

function freeName(wanted: string, names: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!names.has(name)) return name;
  }
}

async function writePlans(tx: Tx, productId: string, plans: IdentifiedPlan[]): Promise<void> {
  await tx.plan.deleteMany({ where: { productId, id: { notIn: plans.map((plan) => plan.id) } } });
  for (const { id, isNew, name, title, position, requiresApproval, operations, ...limits } of plans) {
    const columns = toColumns({
      ...toLimitSet(limits),
      operationLimits: operations.map(({ apiId, operation, ...own }) => ({ apiId, operation, ...toLimitSet(own) })),
    });
    const values = { title, position, requiresApproval, ...columns };
    if (isNew) await tx.plan.create({ data: { id, productId, name, ...values } });
    else await tx.plan.update({ where: { id }, data: values });
  }
}

const toLimitSet = (typed: Pick<PlanInput, "rateLimit" | "burstLimit" | "quota">): LimitSet => ({
  rateLimits: typed.rateLimit,
  burstLimits: typed.burstLimit,
  quotas: typed.quota,
});
