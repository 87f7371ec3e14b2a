import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { ApiRef } from "#lib/paths.ts";
import { addressSelect, versionsOf } from "./api-address.dto.ts";

export interface FoundAddress {
  publishedApiId: string;
  /** The address of today, with the version where another one is shown without. */
  ref: ApiRef;
  /** All that is live at the address, the one that it shows by itself first. */
  versions: { version: string; ref: ApiRef; current: boolean }[];
  /** The address was one of before: it still leads here, or named a version that is no longer published. */
  moved: "address" | "version" | null;
}

/**
 * Which published API an address shows: the version that it names, else the highest by precedence. A slug under which
 * something is live wins over one of before (name-version). Anybody may look. Throws NOT_FOUND.
 */
export async function findApiAddress(asked: ApiRef): Promise<FoundAddress> {
  const catalog = { slug: asked.catalog, organization: { slug: asked.organization } };
  const live = await db().apiAddress.findFirst({
    where: { slug: asked.api, catalog, published: { some: {} } },
    select: addressSelect,
  });
  if (live) return found(asked, live, asked.version, null);
  const before = await db().apiRedirect.findFirst({
    where: { slug: asked.api, catalog, address: { published: { some: {} } } },
    select: { version: true, address: { select: addressSelect } },
  });
  if (!before) throw notFound();
  const { address, version } = before;
  const still = versionsOf(address).some((one) => one.version === version);
  return found(asked, address, asked.version ?? (still ? version : undefined), still ? "address" : "version");
}

function found(
  { organization, catalog }: ApiRef,
  address: Parameters<typeof versionsOf>[0] & { slug: string },
  wanted: string | undefined,
  moved: FoundAddress["moved"],
): FoundAddress {
  const versions = versionsOf(address);
  const shown = wanted === undefined ? versions[0] : versions.find(({ version }) => version === wanted);
  if (!shown) throw notFound();
  const refOf = (one: { id: string; version: string }): ApiRef => ({
    organization,
    catalog,
    api: address.slug,
    ...(one.id !== versions[0]?.id && { version: one.version }),
  });
  return {
    publishedApiId: shown.id,
    ref: refOf(shown),
    versions: versions.map((one) => ({ version: one.version, ref: refOf(one), current: one === shown })),
    moved,
  };
}
