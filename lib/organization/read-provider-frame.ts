import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";
import { type CatalogDto, listCatalogs } from "#lib/catalog/read-catalog.ts";
import { db } from "#lib/db/client.ts";
import { countPendingSubscriptions } from "#lib/subscription/list-pending-subscriptions.ts";
import { type OrganizationDto, readOrganization } from "./read-organization.ts";

export interface ProviderFrame {
  organization: OrganizationDto;
  /** Sandbox first; [] for a role that may not look. */
  catalogs: CatalogDto[];
  draftCount: number;
  approvalCount: number;
  /** Of the pages that not every role opens. */
  may: { decide: boolean; manage: boolean };
}

/** What the frame of every provider page shows: the organization, its catalogs, what waits. */
export async function readProviderFrame(actor: Actor, slug: string): Promise<ProviderFrame> {
  const organization = await readOrganization(actor, slug);
  const reads = mayIn(actor, "catalog:read", organization.id);
  const may = {
    decide: mayIn(actor, "subscription:decide", organization.id),
    manage: mayIn(actor, "organization:manage", organization.id),
  };
  const [catalogs, draftCount, approvalCount] = await Promise.all([
    reads ? listCatalogs(actor, slug) : [],
    reads ? db().apiDefinition.count({ where: { space: { organizationId: organization.id } } }) : 0,
    may.decide ? countPendingSubscriptions(actor, slug) : 0,
  ]);
  return {
    organization,
    catalogs,
    draftCount,
    approvalCount,
    may,
  };
}
