import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { DEFAULT_PLAN, type PublishApiInput } from "./product.schema.ts";
import { type Published, publishProduct } from "./publish-product.ts";

/**
 * Publishes an API to a catalog in one step: through the product that holds it, or a product made for it alone with
 * the default plan (W26). This is what "Republish product" in the test panel does for the Sandbox (S47).
 */
export async function publishApi(actor: Actor, input: PublishApiInput): Promise<Published & { productId: string }> {
  const permit = authorize(actor, "catalog:publish");
  const api = await db().apiDefinition.findFirst({
    where: { id: input.apiId, ...ownedThrough("space", permit) },
    select: {
      id: true,
      name: true,
      version: true,
      title: true,
      spaceId: true,
      space: { select: { organizationId: true } },
      products: { select: { productId: true }, orderBy: { product: { createdAt: "asc" } }, take: 1 },
    },
  });
  if (!api) throw notFound();
  const productId = api.products[0]?.productId ?? newId();
  if (api.products.length === 0) {
    await transaction(async (tx) => {
      const taken = await tx.product.findFirst({
        where: { spaceId: api.spaceId, name: api.name, version: api.version },
        select: { id: true },
      });
      await tx.product.create({
        data: {
          id: productId,
          spaceId: api.spaceId,
          // A product of this very name may exist without the API: the new one gets a name of its own.
          name: taken ? `${api.name}-${productId.slice(-6)}` : api.name,
          version: api.version,
          title: api.title,
          apis: { create: { apiDefinitionId: api.id } },
          plans: { create: { id: newId(), position: 0, ...DEFAULT_PLAN, rateLimits: [...DEFAULT_PLAN.rateLimits] } },
        },
      });
      await recordEvent(tx, permit, "product.created", {
        organizationId: api.space.organizationId,
        type: "product",
        id: productId,
        name: api.title,
      });
    });
  }
  return { productId, ...(await publishProduct(actor, { productId, catalogId: input.catalogId })) };
}
