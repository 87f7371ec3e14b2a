import type { Tx } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { addressSlug } from "./api-address.rules.ts";

interface ApiToAddress {
  id: string;
  title: string;
  name: string;
  /** Of the text that is published. */
  version: string;
}
interface Place {
  spaceId: string;
  catalog: { id: string; title: string };
}

/**
 * The address of an API in a catalog, kept from its first publish on whatever its title becomes: at first that of its
 * other versions (drafts of the same name in the space), else one of its own. The deed holds the catalog: publishes in it
 * take turns, so that the second sees the first's version. Throws NAME_TAKEN with whose the address, or the version, is.
 */
export async function giveAddress(tx: Tx, api: ApiToAddress, place: Place): Promise<string> {
  const own = await tx.apiAddressVersion.findFirst({
    where: { apiDefinitionId: api.id, address: { catalogId: place.catalog.id, spaceId: place.spaceId } },
    select: { addressId: true },
  });
  if (own) {
    const other = await othersVersion(tx, own.addressId, api);
    if (other) throw versionTaken(api, other, place);
    return own.addressId;
  }
  const versions = await addressOfVersions(tx, api, place);
  if (versions && !(await othersVersion(tx, versions, api))) return versions;
  for (let n = 1; ; n += 1) {
    const slug = n === 1 ? addressSlug(api) : `${addressSlug(api)}-${n}`;
    const addressId = await claim(tx, slug, api, place);
    // An API of this version has the name since before it got another title: it keeps the address.
    if (!(await othersVersion(tx, addressId, api))) return addressId;
  }
}

/** Where the API's other versions are: drafts that are called the same today. */
async function addressOfVersions(tx: Tx, api: ApiToAddress, { spaceId, catalog }: Place): Promise<string | null> {
  const rows = await tx.apiAddressVersion.findMany({
    where: { api: { spaceId, name: api.name, id: { not: api.id } }, address: { catalogId: catalog.id } },
    select: { addressId: true, api: { select: { title: true, name: true } } },
    distinct: ["apiDefinitionId"],
    orderBy: { firstPublishedAt: "asc" },
  });
  return rows.find((row) => addressSlug(row.api) === addressSlug(api))?.addressId ?? null;
}

/** The address of this slug, made where there is none. */
async function claim(tx: Tx, slug: string, api: ApiToAddress, { spaceId, catalog }: Place): Promise<string> {
  await tx.apiAddress.createMany({
    data: { id: newId(), catalogId: catalog.id, spaceId, slug },
    skipDuplicates: true,
  });
  const address = await tx.apiAddress.findUniqueOrThrow({
    where: { catalogId_slug: { catalogId: catalog.id, slug } },
    select: {
      id: true,
      spaceId: true,
      space: { select: { pathPrefix: true } },
      versions: { select: { api: { select: { title: true } } }, orderBy: { firstPublishedAt: "desc" }, take: 1 },
    },
  });
  if (address.spaceId === spaceId) return address.id;
  const holder = address.versions[0]?.api.title ?? "An API that was deleted";
  throw new AppError("NAME_TAKEN", {
    detail: `${holder} of the space ${address.space.pathPrefix} has the address ${slug} in ${catalog.title}. Give ${api.title} another title.`,
  });
}

/** The API of another draft that is live at the address with this very version. */
async function othersVersion(tx: Tx, addressId: string, api: ApiToAddress): Promise<{ title: string } | null> {
  const row = await tx.publishedApi.findFirst({
    where: { addressId, apiDefinitionId: { not: api.id }, revision: { version: api.version } },
    select: { revision: { select: { title: true } } },
  });
  return row?.revision ?? null;
}

const versionTaken = (api: ApiToAddress, other: { title: string }, { catalog }: Place): AppError =>
  new AppError("NAME_TAKEN", {
    detail: `${other.title} ${api.version} is published in ${catalog.title} under the same address and version. Give ${api.title} another version, or retire the other one first.`,
  });

/** PublishedApi.slug, name-version, which portals of before show; with the row's end where another has it (`foo-1` of `1.0`). */
export async function oldSlug(
  tx: Tx,
  api: { id: string; name: string; version: string },
  catalogId: string,
): Promise<string> {
  const slug = `${api.name}-${api.version}`;
  const taken = await tx.publishedApi.findFirst({
    where: { catalogId, slug, apiDefinitionId: { not: api.id } },
    select: { id: true },
  });
  return taken ? `${slug}-${api.id.slice(-8)}` : slug;
}
