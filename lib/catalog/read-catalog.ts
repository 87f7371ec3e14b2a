import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";

const catalogSelect = {
  id: true,
  slug: true,
  title: true,
  kind: true,
  isDefault: true,
  organizationId: true,
  organization: { select: { slug: true, name: true } },
} as const;

export interface CatalogDto {
  id: string;
  slug: string;
  title: string;
  kind: "sandbox" | "production";
  isDefault: boolean;
  organizationId: string;
  organization: { slug: string; name: string };
}

/** One catalog of a provider organization that the actor may see, by the slugs of its address. */
export async function readCatalog(actor: Actor, organization: string, catalog: string): Promise<CatalogDto> {
  const permit = authorize(actor, "catalog:read");
  const row = await db().catalog.findFirst({
    where: { slug: catalog, organization: { slug: organization }, ...ownedBy(permit) },
    select: catalogSelect,
  });
  if (!row) throw notFound();
  return row;
}

/** The catalogs of a provider organization, Sandbox first. */
export async function listCatalogs(actor: Actor, organization: string): Promise<CatalogDto[]> {
  const permit = authorize(actor, "catalog:read");
  return db().catalog.findMany({
    where: { organization: { slug: organization }, ...ownedBy(permit) },
    select: catalogSelect,
    orderBy: [{ isDefault: "desc" }, { createdAt: "asc" }],
  });
}
