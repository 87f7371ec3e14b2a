import { unseal } from "#lib/crypto/seal.ts";
import { db } from "#lib/db/client.ts";

export interface BackendForGateway {
  url: string;
  authKind: "none" | "basic";
  /** "user:password" of the functional ID (S13); null: none, or it could not be unsealed and the API must not be called. */
  basic: string | null;
}

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

const backendSelect = {
  id: true,
  apiDefinitionId: true,
  catalogId: true,
  url: true,
  authKind: true,
  username: true,
  sealedPassword: true,
  sealKeyId: true,
} as const;

type BackendRow = { id: string; url: string; authKind: "none" | "basic"; username: string } & {
  sealedPassword: Uint8Array | null;
  sealKeyId: string | null;
};

/** Reads the routes that a published release holds, or those of `ids`; backend passwords are opened once, here. */
export async function readPublishedApisForGateway(ids?: readonly string[]): Promise<PublishedApiForGateway[]> {
  const rows = await db().publishedApi.findMany({
    where: { ...(ids && { id: { in: [...ids] } }), releases: { some: { release: { state: "published" } } } },
    select,
  });
  const backends = await db().backend.findMany({
    where: ids ? { apiDefinitionId: { in: rows.map((row) => row.apiDefinitionId) } } : {},
    select: backendSelect,
  });
  const byPlace = new Map(backends.map((row) => [`${row.apiDefinitionId} ${row.catalogId}`, row]));
  return rows.map(({ catalog, space, revision, ...row }) => ({
    ...row,
    catalogSlug: catalog.slug,
    catalogKind: catalog.kind,
    organizationId: catalog.organizationId,
    pathPrefix: space.pathPrefix,
    compiled: revision.compiled,
    backend: open(byPlace.get(`${row.apiDefinitionId} ${row.catalogId}`)),
  }));
}

function open(row: BackendRow | undefined): BackendForGateway | null {
  if (!row) return null;
  return { url: row.url, authKind: row.authKind, basic: row.authKind === "basic" ? basicPair(row) : null };
}

/** A box that does not open (another key, a damaged row) must not stop the other APIs: null says so. */
function basicPair(row: BackendRow): string | null {
  if (!row.sealedPassword || !row.sealKeyId) return null;
  try {
    return `${row.username}:${unseal({ box: row.sealedPassword, keyId: row.sealKeyId }, row.id)}`;
  } catch {
    return null;
  }
}
