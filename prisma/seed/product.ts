import type { Actor } from "#lib/access/actor.ts";
import { listCatalogs } from "#lib/catalog/read-catalog.ts";
import { db } from "#lib/db/client.ts";
import { createProduct } from "#lib/product/create-product.ts";
import { planInput } from "#lib/product/product.schema.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { updateProduct } from "#lib/product/update-product.ts";

interface ProductSeed {
  organization: string;
  title: string;
  version: string;
  apiIds: string[];
  /** `rateLimit` as a person types it: "100/1hour". */
  plans: { title: string; rateLimit: string; requiresApproval: boolean }[];
}

/** A product with its APIs and plans, made when there is none, and published in every catalog of the organization. */
export async function ensurePublishedProduct(actor: Actor, seed: ProductSeed): Promise<string> {
  const { organization, title, version, apiIds } = seed;
  const known = await db().product.findFirst({
    where: { title, version, deletedAt: null, space: { organization: { slug: organization } } },
    select: { id: true, draftVersion: true },
  });
  const { id } = known ?? (await createProduct(actor, { organization, title, version }));
  const draftVersion = known?.draftVersion ?? 1;
  const plans = seed.plans.map((plan) => planInput.parse(plan));
  await updateProduct(actor, { id, draftVersion, title, apiIds, plans });
  for (const catalog of await listCatalogs(actor, organization)) {
    await publishProduct(actor, { productId: id, catalogId: catalog.id });
  }
  return id;
}
