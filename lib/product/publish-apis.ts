import { giveAddress, oldSlug } from "#lib/api-address/give-address.ts";
import type { Analysis } from "#lib/api-definition/analyse-definition.ts";
import { indexApi } from "#lib/catalog/index-api.ts";
import type { Tx } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";

/** What is read of an API's draft to publish it. */
export const draftApiSelect = {
  id: true,
  title: true,
  name: true,
  version: true,
  source: true,
  sourceVersion: true,
} as const;

export interface DraftApi {
  id: string;
  title: string;
  name: string;
  version: string;
  source: string;
  sourceVersion: number;
}

interface ApiToPublish {
  api: DraftApi;
  analysis: Analysis;
  revisionId: string;
}

interface Target {
  releaseId: string;
  spaceId: string;
  catalog: { id: string; title: string };
  revisions: ApiToPublish[];
}

/**
 * Makes the routes of a release's APIs: one PublishedApi per API and catalog, pointing at the new revision; those that
 * no release of the catalog holds any more go. Every change is announced to the gateways.
 */
export async function publishApis(tx: Tx, target: Target): Promise<void> {
  const { releaseId, catalog } = target;
  const kept: string[] = [];
  for (const entry of target.revisions) kept.push(await publishOne(tx, target, entry));
  await tx.releaseApi.deleteMany({ where: { releaseId, publishedApiId: { notIn: kept } } });
  await dropUnreleased(tx, catalog.id);
}

async function publishOne(
  tx: Tx,
  { releaseId, spaceId, catalog }: Target,
  { api, analysis, revisionId }: ApiToPublish,
): Promise<string> {
  await requireBackend(tx, api, catalog);
  await refuseOlder(tx, api, catalog);
  const clash = await tx.publishedApi.findFirst({
    where: { spaceId, catalogId: catalog.id, basePath: analysis.basePath, apiDefinitionId: { not: api.id } },
    select: { api: { select: { title: true, version: true } } },
  });
  if (clash) {
    throw new AppError("NAME_TAKEN", {
      detail: `${clash.api.title} ${clash.api.version} answers at ${analysis.basePath} in ${catalog.title}. Give ${api.title} another base path, or retire the other one first.`,
    });
  }
  const values = {
    revisionId,
    sourceVersion: api.sourceVersion,
    basePath: analysis.basePath,
    addressId: await giveAddress(tx, { ...api, version: analysis.version }, { spaceId, catalog }),
    slug: await oldSlug(tx, api, catalog.id),
    publishedAt: new Date(),
  };
  const { id } = await tx.publishedApi.upsert({
    where: { apiDefinitionId_catalogId: { apiDefinitionId: api.id, catalogId: catalog.id } },
    create: { id: newId(), apiDefinitionId: api.id, catalogId: catalog.id, spaceId, ...values },
    update: values,
    select: { id: true },
  });
  await tx.releaseApi.upsert({
    where: { releaseId_publishedApiId: { releaseId, publishedApiId: id } },
    create: { releaseId, publishedApiId: id },
    update: {},
  });
  await indexApi(tx, revisionId);
  await recordChange(tx, "published-api", id);
  return id;
}

async function requireBackend(
  tx: Tx,
  api: { id: string; title: string },
  catalog: { id: string; title: string },
): Promise<void> {
  const backend = await tx.backend.findUnique({
    where: { apiDefinitionId_catalogId: { apiDefinitionId: api.id, catalogId: catalog.id } },
    select: { id: true },
  });
  if (backend) return;
  throw new AppError("INPUT_INVALID", {
    fields: [
      {
        field: "backend",
        message: `${api.title} has no backend address for ${catalog.title}. Enter one in its design, under Backend.`,
      },
    ],
  });
}

/** Another product that holds the API may have published a newer text while this one was checked. */
async function refuseOlder(tx: Tx, api: DraftApi, catalog: { id: string }): Promise<void> {
  const live = await tx.publishedApi.findUnique({
    where: { apiDefinitionId_catalogId: { apiDefinitionId: api.id, catalogId: catalog.id } },
    select: { sourceVersion: true },
  });
  if (!live?.sourceVersion || live.sourceVersion <= api.sourceVersion) return;
  const detail = `A newer text of ${api.title} was published while this one was checked. Publish again.`;
  throw new AppError("CONFLICT", { detail });
}

/** Removes the routes of a catalog, which is locked, that no published release holds, and tells the gateways. */
export async function dropUnreleased(tx: Tx, catalogId: string): Promise<void> {
  const gone = await tx.publishedApi.findMany({
    where: { catalogId, releases: { none: { release: { state: "published" } } } },
    select: { id: true },
  });
  for (const { id } of gone) {
    await tx.publishedApi.delete({ where: { id } });
    await recordChange(tx, "published-api", id);
  }
}
