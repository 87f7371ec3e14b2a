import type { Actor } from "#lib/access/actor.ts";
import type { UpdateProductInput } from "#lib/product/product.schema.ts";
import { readProduct } from "#lib/product/read-product.ts";
import { type SavedProduct, updateProduct } from "#lib/product/update-product.ts";

/** Saves a draft product as it stands now, for tests that are not about two editors. */
export async function saveProduct(
  actor: Actor,
  input: Omit<UpdateProductInput, "draftVersion">,
): Promise<SavedProduct> {
  const { draftVersion } = await readProduct(actor, input.id);
  return updateProduct(actor, { ...input, draftVersion });
}
