import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy, ownedThrough } from "#lib/access/authorize.ts";
import type { Analysis } from "#lib/api-definition/analyse-definition.ts";
import { freezeRevision, prepareRevision } from "#lib/api-definition/freeze-revision.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import type { PublishProductInput } from "./product.schema.ts";
import { publishApis } from "./publish-apis.ts";
import { dropOldPlans, releasePlans } from "./release-plans.ts";
import { subscribeTestApplication } from "./subscribe-test-application.ts";

export interface Published {
  releaseId: string;
  /** What the gateways say after the commit. */
  live: LiveState;
}

const productSelect = {
  id: true,
  name: true,
  version: true,
  title: true,
  spaceId: true,
  space: { select: { organizationId: true } },
  plans: { orderBy: { position: "asc" } },
  apis: {
    select: { api: { select: { id: true, title: true, name: true, version: true, source: true } } },
    orderBy: { position: "asc" },
  },
} as const;

/**
 * Publishes a draft product to a catalog, or publishes it anew: freezes a revision of each API, makes the routes and
 * the release with its plans, subscribes the sandbox's test application, tells the gateways and waits for them (at
 * most 2 s). All in one transaction, so callers see the old state or the new one. Errors: DEFINITION_INVALID with the
 * line of each error, INPUT_INVALID (no API, no backend address), NAME_TAKEN (base path), STATE_INVALID (a plan in use
 * would go).
 */
export async function publishProduct(actor: Actor, input: PublishProductInput): Promise<Published> {
  const permit = authorize(actor, "catalog:publish");
  const product = await db().product.findFirst({
    where: { id: input.productId, ...ownedThrough("space", permit) },
    select: productSelect,
  });
  if (!product) throw notFound();
  const organizationId = product.space.organizationId;
  const catalog = await db().catalog.findFirst({
    where: { id: input.catalogId, organizationId, ...ownedBy(permit) },
    select: { id: true, title: true },
  });
  if (!catalog) throw notFound();
  if (product.apis.length === 0)
    throw new AppError("INPUT_INVALID", { detail: "The product has no API. Add one, then publish." });

  // Analysis runs in a worker and may take seconds: before the transaction, so that no row stays locked for it.
  const prepared: { api: (typeof product.apis)[number]["api"]; analysis: Analysis }[] = [];
  for (const { api } of product.apis)
    prepared.push({ api, analysis: await prepareRevision(api.source, { by: permit.actor }) });

  const { releaseId, xid } = await transaction(async (tx) => {
    const releaseId = await releasePlans(tx, product, catalog.id);
    const revisions = [];
    for (const { api, analysis } of prepared) {
      revisions.push({ api, analysis, revisionId: await freezeRevision(tx, api.id, api.source, analysis) });
    }
    await publishApis(tx, { releaseId, spaceId: product.spaceId, catalog, revisions });
    const planNames = product.plans.map((plan) => plan.name);
    await subscribeTestApplication(tx, { productId: product.id, catalogId: catalog.id, releaseId, planNames });
    await dropOldPlans(tx, releaseId, planNames);
    await recordEvent(
      tx,
      permit,
      "product.published",
      { organizationId, type: "product", id: product.id, name: product.title },
      { catalog: catalog.title, version: product.version },
    );
    return { releaseId, xid: await recordChange(tx, "release", releaseId) };
  });
  return { releaseId, live: await waitUntilLive(xid, actor) };
}
