import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { prepareRevision } from "#lib/api-definition/freeze-revision.ts";
import { readTogether, type Tx, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import type { PublishProductInput } from "./product.schema.ts";
import { type DraftApi, draftApiSelect } from "./publish-apis.ts";
import { type DraftProduct, type ProductToRelease, releaseProduct } from "./release-product.ts";

export interface Published {
  releaseId: string;
  /** What the gateways say after the commit. */
  live: LiveState;
}

/**
 * Publishes a draft product to a catalog, or publishes it anew, and waits for the gateways (at most 2 s). All in one
 * transaction, so callers see the old state or the new one. Errors: DEFINITION_INVALID with the line of each error,
 * INPUT_INVALID (no API, no backend address), NAME_TAKEN (base path), STATE_INVALID (a plan in use would go), CONFLICT
 * (deleted meanwhile, or a newer draft was published).
 */
export async function publishProduct(actor: Actor, input: PublishProductInput): Promise<Published> {
  const permit = authorize(actor, "catalog:publish");
  // One state of the database: the plans and texts that belong to the version that is stamped.
  const { product, catalog, drafts } = await readTogether((tx) => readDraft(tx, permit, input));
  if (drafts.length === 0)
    throw new AppError("INPUT_INVALID", { detail: "The product has no API. Add one, then publish." });
  const apis = await analyse(permit, drafts);
  const { releaseId, xid } = await transaction((tx) => releaseProduct(tx, permit, { product, catalog, apis }));
  return { releaseId, live: await waitUntilLive(xid, actor) };
}

/** Runs in a worker and may take seconds: before the transaction, so that no row stays locked for it. */
export async function analyse(permit: Permit, drafts: DraftApi[]): Promise<ProductToRelease["apis"]> {
  const apis = [];
  for (const api of drafts) apis.push({ api, analysis: await prepareRevision(api.source, { by: permit.actor }) });
  return apis;
}

async function readDraft(
  tx: Tx,
  permit: Permit,
  input: PublishProductInput,
): Promise<{ product: DraftProduct; catalog: { id: string; title: string }; drafts: DraftApi[] }> {
  const row = await tx.product.findFirst({
    where: { id: input.productId, deletedAt: null, ...ownedThrough("space", permit) },
    select: {
      id: true,
      version: true,
      title: true,
      draftVersion: true,
      spaceId: true,
      space: { select: { organizationId: true } },
      plans: { orderBy: { position: "asc" } },
      apis: { select: { api: { select: draftApiSelect } }, orderBy: { position: "asc" } },
    },
  });
  if (!row) throw notFound();
  const { space, apis, ...product } = row;
  const { organizationId } = space;
  const catalog = await findCatalog(tx, permit, { id: input.catalogId, organizationId });
  return { product: { ...product, organizationId }, catalog, drafts: apis.map(({ api }) => api) };
}

/** A catalog of the organization in reach of the permit. */
export async function findCatalog(
  tx: Tx,
  permit: Permit,
  where: { id: string; organizationId: string },
): Promise<{ id: string; title: string }> {
  const catalog = await tx.catalog.findFirst({
    where: { AND: [where, ownedBy(permit)] },
    select: { id: true, title: true },
  });
  if (!catalog) throw notFound();
  return catalog;
}
