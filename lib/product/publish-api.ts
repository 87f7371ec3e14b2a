import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, readTogether, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { newId } from "#lib/ids.ts";
import { DEFAULT_PLAN, type PublishApiInput } from "./product.schema.ts";
import { type DraftApi, draftApiSelect } from "./publish-apis.ts";
import { analyse, findCatalog, type Published, publishProduct } from "./publish-product.ts";
import { type DraftProduct, releaseProduct } from "./release-product.ts";

/**
 * Publishes an API to a catalog in one step: through the product that holds it, or a product made for it alone with
 * the default plan (W26); a refusal leaves no product behind. This is what "Republish product" in the test panel does for
 * the Sandbox (S47). Errors: those of `publishProduct`.
 */
export async function publishApi(actor: Actor, input: PublishApiInput): Promise<Published & { productId: string }> {
  const permit = authorize(actor, "catalog:publish");
  const holder = await db().productApi.findFirst({
    where: { apiDefinitionId: input.apiId, product: ownedThrough("space", permit) },
    select: { productId: true },
    orderBy: { product: { createdAt: "asc" } },
  });
  if (holder) {
    const { productId } = holder;
    return { productId, ...(await publishProduct(actor, { productId, catalogId: input.catalogId })) };
  }
  const done = await publishAlone(permit, input);
  // A product took the API up while it was checked: that one is published.
  if (done === null) return publishApi(actor, input);
  const { xid, ...published } = done;
  return { ...published, live: await waitUntilLive(xid, actor) };
}

/** Makes the product of an API that stands in none, and publishes it, in one transaction; null: now it stands in one. */
async function publishAlone(
  permit: Permit,
  input: PublishApiInput,
): Promise<{ productId: string; releaseId: string; xid: bigint } | null> {
  const { draft, space, catalog } = await readTogether(async (tx) => {
    const row = await tx.apiDefinition.findFirst({
      where: { id: input.apiId, ...ownedThrough("space", permit) },
      select: { ...draftApiSelect, space: { select: { id: true, organizationId: true } } },
    });
    if (!row) throw notFound();
    const { space, ...draft } = row;
    const { organizationId } = space;
    return { draft, space, catalog: await findCatalog(tx, permit, { id: input.catalogId, organizationId }) };
  });
  const apis = await analyse(permit, [draft]);
  return transaction(async (tx) => {
    // The space, for the product's name; the API, so that of two at once one makes its product.
    const locks = { Space: toChange(space.id), Catalog: toChange(catalog.id), ApiDefinition: toChange(draft.id) };
    if (!(await lockRows(tx, locks))) {
      const detail = `${draft.title} was deleted while it was being published. Nothing was published.`;
      throw new AppError("CONFLICT", { detail });
    }
    const taken = await tx.productApi.findFirst({ where: { apiDefinitionId: draft.id }, select: { productId: true } });
    if (taken) return null;
    const product = await insertProduct(tx, permit, draft, space);
    return { productId: product.id, ...(await releaseProduct(tx, permit, { product, catalog, apis })) };
  });
}

/** The product of one API with the default plan, under the API's name; the space is locked. */
async function insertProduct(
  tx: Tx,
  permit: Permit,
  api: DraftApi,
  space: { id: string; organizationId: string },
): Promise<DraftProduct> {
  const id = newId();
  const { title, version } = api;
  const taken = await tx.product.findFirst({
    where: { spaceId: space.id, name: api.name, version },
    select: { id: true },
  });
  const { plans } = await tx.product.create({
    data: {
      id,
      spaceId: space.id,
      // A product of this very name may exist without the API: the new one gets a name of its own.
      name: taken ? `${api.name}-${id.slice(-6)}` : api.name,
      version,
      title,
      apis: { create: { apiDefinitionId: api.id } },
      plans: { create: { id: newId(), position: 0, ...DEFAULT_PLAN, rateLimits: [...DEFAULT_PLAN.rateLimits] } },
    },
    select: { plans: true },
  });
  const { organizationId } = space;
  await recordEvent(tx, permit, "product.created", { organizationId, type: "product", id, name: title });
  return { id, title, version, spaceId: space.id, organizationId, draftVersion: 1, plans };
}
