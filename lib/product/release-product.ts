import type { Permit } from "#lib/access/authorize.ts";
import type { Analysis } from "#lib/api-definition/analyse-definition.ts";
import { freezeRevision } from "#lib/api-definition/freeze-revision.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import type { Tx } from "#lib/db/client.ts";
import type { Plan } from "#lib/db/generated/client.ts";
import { lockRows, toChange, toRead } from "#lib/db/lock-rows.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";
import { type DraftApi, publishApis } from "./publish-apis.ts";
import { dropOldPlans, releasePlans } from "./release-plans.ts";
import { subscribeTestApplication } from "./subscribe-test-application.ts";

export interface DraftProduct {
  id: string;
  title: string;
  version: string;
  spaceId: string;
  organizationId: string;
  /** As it was read, with `plans`. */
  draftVersion: number;
  plans: Plan[];
}

export interface ProductToRelease {
  product: DraftProduct;
  catalog: { id: string; title: string };
  /** The texts as they were read, analysed before the transaction. */
  apis: { api: DraftApi; analysis: Analysis }[];
}

/**
 * The part of a transaction that publishes: freezes a revision of each API, makes the routes and the release with its
 * plans, subscribes the sandbox's test application, tells the gateways. What was read is what is stamped, so a save in
 * between is not live. Errors: CONFLICT (the product or an API went, or something newer was published meanwhile), else
 * those of `publishProduct`.
 */
export async function releaseProduct(
  tx: Tx,
  permit: Permit,
  { product, catalog, apis }: ProductToRelease,
): Promise<{ releaseId: string; xid: bigint }> {
  const there = await lockRows(tx, {
    // Publishes and retirements of one catalog take turns: they share its routes.
    Catalog: toChange(catalog.id),
    ApiDefinition: toChange(apis.map(({ api }) => api.id)),
    Product: toRead(product.id),
  });
  // A deleted one may be kept for those who were subscribed to it.
  if (!there || (await tx.product.count({ where: { id: product.id, deletedAt: null } })) === 0) {
    const detail = `${product.title} or one of its APIs was deleted while it was being published. Nothing was published.`;
    throw new AppError("CONFLICT", { detail });
  }
  const releaseId = await holdRelease(tx, product, catalog.id);
  const planIds = await releasePlans(tx, releaseId, product.plans);
  const revisions = [];
  for (const { api, analysis } of apis) {
    revisions.push({ api, analysis, revisionId: await freezeRevision(tx, api.id, api.source, analysis) });
  }
  await publishApis(tx, { releaseId, spaceId: product.spaceId, catalog, revisions });
  await subscribeTestApplication(tx, {
    productId: product.id,
    catalogId: catalog.id,
    releaseId,
    planId: planIds[0] ?? null,
  });
  await dropOldPlans(tx, releaseId, planIds);
  await recordEvent(
    tx,
    permit,
    "product.published",
    { organizationId: product.organizationId, type: "product", id: product.id, name: product.title },
    { catalog: catalog.title, version: product.version },
  );
  return { releaseId, xid: await recordChange(tx, "release", releaseId) };
}

/** Makes or refreshes the release of a product in a catalog (docs/decisions/005); its ID. From here on nobody subscribes to it. */
async function holdRelease(tx: Tx, product: DraftProduct, catalogId: string): Promise<string> {
  const known = await tx.productRelease.findUnique({
    where: { productId_catalogId: { productId: product.id, catalogId } },
    select: { id: true, draftVersion: true },
  });
  if (known?.draftVersion && known.draftVersion > product.draftVersion) {
    const detail = `A newer draft of ${product.title} was published while this one was checked. It stays.`;
    throw new AppError("CONFLICT", { detail });
  }
  const id = known?.id ?? newId();
  const content = {
    state: "published",
    title: product.title,
    version: product.version,
    draftVersion: product.draftVersion,
    publishedAt: new Date(),
    retiredAt: null,
    retireReason: "",
  } as const;
  if (known) {
    await lockRows(tx, { ProductRelease: toChange(id) });
    await tx.productRelease.update({ where: { id }, data: content });
  } else await tx.productRelease.create({ data: { id, productId: product.id, catalogId, ...content } });
  return id;
}
