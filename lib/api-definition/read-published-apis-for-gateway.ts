import { type BackendForGateway, readBackendsForGateway } from "#lib/backend/read-backends-for-gateway.ts";
import { db, type Tx } from "#lib/db/client.ts";

/** One route of the gateway. `compiled` is not checked here: the snapshot parses it and skips what is no CompiledApi. */
export interface PublishedApiForGateway {
  id: string;
  apiDefinitionId: string;
  catalogId: string;
  catalogSlug: string;
  catalogKind: "sandbox" | "production";
  /** The provider. */
  organizationId: string;
  pathPrefix: string;
  basePath: string;
  compiled: unknown;
  /** null: none is set, or a secret of it does not open and it must not be called. */
  backend: BackendForGateway | null;
}

const select = {
  id: true,
  apiDefinitionId: true,
  catalogId: true,
  basePath: true,
  catalog: { select: { slug: true, kind: true, organizationId: true } },
  space: { select: { pathPrefix: true } },
  revision: { select: { compiled: true } },
} as const;

const isReleased = { releases: { some: { release: { state: "published" } } } } as const;

/** IDs of the routes that a published release holds. */
export async function publishedApiIds(): Promise<string[]> {
  const rows = await db().publishedApi.findMany({ where: isReleased, select: { id: true } });
  return rows.map((row) => row.id);
}

/** Reads those of `ids` that a published release holds, each with its backend. */
export async function readPublishedApisForGateway(
  ids: readonly string[],
  tx: Tx = db(),
): Promise<PublishedApiForGateway[]> {
  const rows = await tx.publishedApi.findMany({ where: { id: { in: [...ids] }, ...isReleased }, select });
  const apiDefinitionIds = rows.map((row) => row.apiDefinitionId);
  const backends = await readBackendsForGateway(apiDefinitionIds, tx);
  return rows.map(({ catalog, space, revision, ...row }) => ({
    ...row,
    catalogSlug: catalog.slug,
    catalogKind: catalog.kind,
    organizationId: catalog.organizationId,
    pathPrefix: space.pathPrefix,
    compiled: revision.compiled,
    backend: backends.get(`${row.apiDefinitionId} ${row.catalogId}`) ?? null,
  }));
}
