import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, lockSubscriptionsOf, toEnd } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";

/**
 * Deletes a draft product. Throws STATE_INVALID while it is published in a catalog. What it was stays as long as a
 * developer reads on it how a subscription ended (F59).
 */
export async function deleteProduct(actor: Actor, id: string, clock: Clock = systemClock): Promise<void> {
  const permit = authorize(actor, "product:write");
  await transaction(async (tx) => {
    const where = { id, deletedAt: null, ...ownedThrough("space", permit) };
    const found = await tx.product.findFirst({ where, select: { id: true } });
    if (!found) throw notFound();
    // A publish that is under way is waited for: it makes what forbids this.
    await lockRows(tx, { Product: toEnd(id) });
    const product = await tx.product.findUnique({
      where: { id, deletedAt: null },
      select: {
        title: true,
        space: { select: { organizationId: true } },
        releases: { select: { id: true, state: true, catalog: { select: { title: true } } } },
      },
    });
    if (!product) throw new AppError("CONFLICT", { detail: "Somebody deleted this product a moment ago." });
    const live = product.releases.find(({ state }) => state === "published");
    if (live)
      throw new AppError("STATE_INVALID", {
        detail: `${product.title} is published in ${live.catalog.title}. Retire it there first.`,
      });
    // What the cascade takes, in the order in which everybody takes it.
    await lockRows(tx, { ProductRelease: toEnd(product.releases.map((release) => release.id)) });
    await lockSubscriptionsOf(tx, { productId: id });
    await remove(tx, id, clock());
    await recordEvent(tx, permit, "product.deleted", {
      organizationId: product.space.organizationId,
      type: "product",
      id,
      name: product.title,
    });
  });
}

async function remove(tx: Tx, id: string, at: Date): Promise<void> {
  const read = { productId: id, application: { isTest: false }, endCause: "retired" };
  if ((await tx.subscription.count({ where: read })) === 0) {
    await tx.product.delete({ where: { id } });
    return;
  }
  await tx.productApi.deleteMany({ where: { productId: id } });
  await tx.plan.deleteMany({ where: { productId: id } });
  // Its name is free again.
  await tx.product.update({ where: { id }, data: { name: id, deletedAt: at } });
}
