import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { fieldError, notFound } from "#lib/errors/app-error.ts";
import { newId, slugify } from "#lib/ids.ts";
import { comparable } from "#lib/text.schema.ts";
import { type CreateProductInput, DEFAULT_PLAN } from "./product.schema.ts";

/** Drafts a product with one plan of 100 calls an hour. Field error: `title` when the name and version are taken. */
export async function createProduct(actor: Actor, input: CreateProductInput): Promise<{ id: string }> {
  const permit = authorize(actor, "product:write");
  const space = await db().space.findFirst({
    where: { slug: null, organization: { slug: input.organization }, ...ownedBy(permit) },
    select: { id: true, organizationId: true },
  });
  if (!space) throw notFound();
  const id = newId();
  const detail = `There is a product of this name with version ${input.version}. Choose another version.`;
  await transaction(
    async (tx) => {
      await lockRows(tx, { Space: toChange(space.id) });
      const name = await freeName(tx, space.id, input);
      await tx.product.create({
        data: {
          id,
          spaceId: space.id,
          name,
          version: input.version,
          title: input.title,
          plans: { create: { id: newId(), position: 0, ...DEFAULT_PLAN, rateLimits: [...DEFAULT_PLAN.rateLimits] } },
        },
      });
      await recordEvent(tx, permit, "product.created", {
        organizationId: space.organizationId,
        type: "product",
        id,
        name: input.title,
      });
    },
    { Product_spaceId_name_version_key: fieldError("title", detail) },
  );
  return { id };
}

/** `weather`; `weather-2` where another title gives the same (`Weather!`, or none that has a letter of ours). */
async function freeName(tx: Tx, spaceId: string, { title, version }: CreateProductInput): Promise<string> {
  const wanted = slugify(title) || "product";
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    const other = await tx.product.findFirst({ where: { spaceId, name, version }, select: { title: true } });
    // The very title is refused, by the constraint.
    if (!other || comparable(other.title) === comparable(title)) return name;
  }
}
