"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { createProduct } from "#lib/product/create-product.ts";
import { deleteProduct } from "#lib/product/delete-product.ts";
import { createProductInput, publishProductInput, updateProductInput } from "#lib/product/product.schema.ts";
import { publishProduct } from "#lib/product/publish-product.ts";
import { updateProduct } from "#lib/product/update-product.ts";

const productRef = z.strictObject({ id: z.uuid() });

const create = withAction(createProductInput, createProduct);
const update = withAction(updateProductInput, updateProduct);
const publish = withAction(publishProductInput, publishProduct);
const remove = withAction(productRef, async (actor, { id }) => {
  await deleteProduct(actor, id);
  return null;
});

export async function createProductAction(input: z.input<typeof createProductInput>) {
  return create(input);
}
export async function updateProductAction(input: z.input<typeof updateProductInput>) {
  return update(input);
}
export async function publishProductAction(productId: string, catalogId: string) {
  return publish({ productId, catalogId });
}
export async function deleteProductAction(id: string) {
  return remove({ id });
}
