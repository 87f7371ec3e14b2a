import type { Prisma } from "#lib/db/generated/client.ts";
import type { ApiRef } from "#lib/paths.ts";
import { type AddressedVersion, byPrecedence } from "./api-address.rules.ts";

export const addressSelect = {
  slug: true,
  published: { select: { id: true, firstPublishedAt: true, revision: { select: { version: true } } } },
} as const satisfies Prisma.ApiAddressSelect;

/** Beside the columns of a PublishedApi that is listed: what its link is made of. */
export const linkSelect = { id: true, slug: true, address: { select: addressSelect } } as const;

type AddressRow = Prisma.ApiAddressGetPayload<{ select: typeof addressSelect }>;

/** The live versions of an address, the one that it shows by itself first. */
export const versionsOf = ({ published }: AddressRow): AddressedVersion[] =>
  published.map(({ revision, ...row }) => ({ ...row, version: revision.version })).sort(byPrecedence);

/** The link to a published API: without a version where the address shows that one by itself. */
export function apiRefOf(
  catalog: { slug: string; organization: { slug: string } },
  { id, slug, address }: { id: string; slug: string; address: AddressRow | null },
): ApiRef {
  const at = { organization: catalog.organization.slug, catalog: catalog.slug };
  // Every write gives an address (a trigger does, where the writer knows none); what was called by slug redirects.
  if (!address) return { ...at, api: slug };
  const versions = versionsOf(address);
  const pinned = versions[0]?.id !== id && versions.find((live) => live.id === id)?.version;
  return { ...at, api: address.slug, ...(pinned && { version: pinned }) };
}
