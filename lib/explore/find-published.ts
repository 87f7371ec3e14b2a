import { findApiAddress } from "#lib/api-address/find-api-address.ts";
import type { CompiledApi } from "#lib/api-definition/compiled.ts";
import { db } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { ApiRef } from "#lib/paths.ts";
import type { ExploreApi } from "./explore-view.schema.ts";

export const catalogSelect = {
  id: true,
  slug: true,
  title: true,
  kind: true,
  organization: { select: { slug: true, name: true } },
} as const satisfies Prisma.CatalogSelect;

export type Published = Awaited<ReturnType<typeof findPublished>>;

/** What is published is public: no permission, and nothing but what callers may know. Throws NOT_FOUND. */
export async function findPublished(ref: ApiRef) {
  const address = await findApiAddress(ref);
  const row = await db().publishedApi.findUnique({
    where: { id: address.publishedApiId },
    select: {
      id: true,
      basePath: true,
      revisionId: true,
      apiDefinitionId: true,
      space: { select: { pathPrefix: true, organizationId: true } },
      catalog: { select: catalogSelect },
      revision: { select: { title: true, version: true, compiled: true, operationCount: true } },
    },
  });
  if (!row) throw notFound();
  const { id: catalogId, ...catalog } = row.catalog;
  const api: ExploreApi = {
    ref: address.ref,
    versions: address.versions,
    moved: address.moved,
    title: row.revision.title,
    version: row.revision.version,
    catalog,
    basePath: `/${row.space.pathPrefix}/${catalog.slug}${row.basePath}`,
    operationCount: row.revision.operationCount,
  };
  // Written by publishing only, in this shape (lib/api-definition/compiled.ts).
  const compiled = row.revision.compiled as unknown as CompiledApi;
  const { apiDefinitionId, revisionId } = row;
  const { organizationId } = row.space;
  return { api, compiled, publishedApiId: row.id, revisionId, apiDefinitionId, organizationId, catalogId };
}
