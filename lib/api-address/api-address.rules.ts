import semver from "semver";

/** One version that is live at an address. */
export interface AddressedVersion {
  id: string;
  version: string;
  firstPublishedAt: Date;
}

/**
 * The order in which versions are shown: highest first by precedence (Semantic Versioning 2.0.0, 11). Versions that do
 * not read so come after those that do, and among themselves, as among equals, the latest first published is first.
 */
export function byPrecedence(a: AddressedVersion, b: AddressedVersion): number {
  const [left, right] = [semver.parse(a.version), semver.parse(b.version)];
  if (left && right) return semver.rcompare(left, right) || latestFirst(a, b);
  if (left || right) return left ? -1 : 1;
  return latestFirst(a, b);
}

const latestFirst = (a: AddressedVersion, b: AddressedVersion): number =>
  b.firstPublishedAt.getTime() - a.firstPublishedAt.getTime() || (a.id < b.id ? 1 : -1);

const SLUG_LENGTH_MAX = 60;

/**
 * The slug that an API is called by: its draft's name, and beyond Latin letters its title's own, so that 汇率 and 天气 are
 * two (a draft's name keeps ASCII alone). Letters, digits and hyphens; a number at the name's end tells drafts of one
 * title apart and stays.
 */
export function addressSlug({ title, name }: { title: string; name: string }): string {
  const own = title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  if (own === "" || /^[a-z0-9-]*$/.test(own)) return name;
  return [...own].slice(0, SLUG_LENGTH_MAX).join("").replace(/-+$/, "") + (/-\d+$/.exec(name)?.[0] ?? "");
}
