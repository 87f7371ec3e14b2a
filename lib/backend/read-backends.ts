import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";

/** The backend of an API in one catalog. The password is never read back (S14). */
export interface BackendDto {
  catalogId: string;
  catalogTitle: string;
  catalogKind: "sandbox" | "production";
  /** null: none is set, so the API cannot be published there. */
  url: string | null;
  authKind: "none" | "basic";
  username: string;
  hasPassword: boolean;
}

/** One entry per catalog of the organization, Sandbox first. The caller has checked that the API is in reach. */
export async function backendsOf(apiDefinitionId: string, organizationId: string): Promise<BackendDto[]> {
  const catalogs = await db().catalog.findMany({
    where: { organizationId },
    select: {
      id: true,
      title: true,
      kind: true,
      backends: {
        where: { apiDefinitionId },
        // The box itself is not selected; a password is there exactly when its key's ID is.
        select: { url: true, authKind: true, username: true, sealKeyId: true },
      },
    },
    orderBy: [{ isDefault: "desc" }, { createdAt: "asc" }],
    take: 100,
  });
  return catalogs.map(({ id, title, kind, backends: [backend] }) => ({
    catalogId: id,
    catalogTitle: title,
    catalogKind: kind,
    url: backend?.url ?? null,
    authKind: backend?.authKind ?? "none",
    username: backend?.username ?? "",
    hasPassword: backend ? backend.sealKeyId !== null : false,
  }));
}

/** The backends of an API in every catalog. */
export async function readBackends(actor: Actor, apiId: string): Promise<BackendDto[]> {
  const permit = authorize(actor, "api:read");
  const api = await db().apiDefinition.findFirst({
    where: { id: apiId, ...ownedThrough("space", permit) },
    select: { id: true, space: { select: { organizationId: true } } },
  });
  if (!api) throw notFound();
  return backendsOf(api.id, api.space.organizationId);
}
