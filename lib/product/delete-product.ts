import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";

/** Deletes a draft product. Throws STATE_INVALID while it is published in a catalog. */
export async function deleteProduct(actor: Actor, id: string): Promise<void> {
  const permit = authorize(actor, "product:write");
  const product = await db().product.findFirst({
    where: { id, ...ownedThrough("space", permit) },
    select: {
      id: true,
      title: true,
      space: { select: { organizationId: true } },
      releases: { where: { state: "published" }, select: { catalog: { select: { title: true } } } },
    },
  });
  if (!product) throw notFound();
  const live = product.releases[0];
  if (live)
    throw new AppError("STATE_INVALID", {
      detail: `${product.title} is published in ${live.catalog.title}. Retire it there first.`,
    });
  await transaction(async (tx) => {
    await tx.product.delete({ where: { id } });
    await recordEvent(tx, permit, "product.deleted", {
      organizationId: product.space.organizationId,
      type: "product",
      id,
      name: product.title,
    });
  });
}
