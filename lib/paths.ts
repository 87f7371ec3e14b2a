/** Every address of the portal, made in one place. Pure; pages, mails and tests use it. */
const at = (...segments: string[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment).replaceAll("%40", "@")).join("/")}`;

export interface CatalogRef {
  organization: string;
  catalog: string;
}
export interface ApiRef extends CatalogRef {
  /** ApiAddress.slug, e.g. "weather-provider-api" */
  api: string;
  /** Left out for the version that the address shows by itself. */
  version?: string | undefined;
}

/**
 * The API in Explore's addresses, "weather@1.0.0": a layout reads no query. What is no letter, digit, dot, hyphen or
 * underscore of ASCII is escaped as ~XX, which no proxy and no router decodes on the way.
 */
const apiSegment = ({ api, version }: ApiRef): string =>
  version === undefined
    ? api
    : `${api}@${encodeURIComponent(version)
        .replace(/[~!*'()]/g, hexEscape)
        .replaceAll("%", "~")}`;

const hexEscape = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** Takes the API of an Explore address apart; the inverse of what `paths.exploreApi` puts there. */
export function readApiSegment(segment: string): Pick<ApiRef, "api" | "version"> {
  const cut = segment.indexOf("@");
  if (cut < 0) return { api: segment };
  try {
    return { api: segment.slice(0, cut), version: decodeURIComponent(segment.slice(cut + 1).replaceAll("~", "%")) };
  } catch {
    // Nothing that a path of ours says: no API has this address.
    return { api: segment };
  }
}

/** The query of an address, from what is set; "" for none. */
export function queryOf(values: Record<string, string | number | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return set.length > 0 ? `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}` : "";
}

export const paths = {
  home: () => "/",
  signIn: (next?: string) => (next ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in"),
  /** Where the form goes without scripts, and back with the code of a refusal. */
  signInForm: () => "/sign-in/form",
  signInRefused: (next: string, code: string) =>
    `/sign-in?next=${encodeURIComponent(next)}&refused=${encodeURIComponent(code)}`,
  signUp: (next?: string) => (next ? `/sign-up?next=${encodeURIComponent(next)}` : "/sign-up"),
  account: () => "/account",
  newOrganization: () => "/organizations/new",
  gateways: () => "/installation/gateways",
  silentGateways: () => "/installation/gateways?show=silent",
  installationAudit: () => "/installation/audit",
  invitation: (token: string) => at("invitations", token),

  // Developers, and everybody who has not signed in
  catalog: (query = "") => `/apis${query}`,
  api: (ref: ApiRef, query: Record<string, string | number | undefined> = {}) =>
    at("apis", ref.organization, ref.catalog, ref.api) + queryOf({ version: ref.version, ...query }),
  explore: (ref: CatalogRef) => at("explore", ref.organization, ref.catalog),
  exploreApi: (ref: ApiRef) => at("explore", ref.organization, ref.catalog, apiSegment(ref)),
  exploreOperation: (ref: ApiRef, operation: string) =>
    at("explore", ref.organization, ref.catalog, apiSegment(ref), operation),
  applications: () => "/applications",
  newApplication: () => "/applications/new",
  application: (id: string) => at("applications", id),

  // Providers: everything below one organization
  provider: (organization: string) => at("provider", organization),
  draftApis: (organization: string) => at("provider", organization, "drafts", "apis"),
  newApi: (organization: string) => at("provider", organization, "drafts", "apis", "new"),
  importApi: (organization: string) => at("provider", organization, "drafts", "apis", "import"),
  draftApi: (organization: string, id: string) => at("provider", organization, "drafts", "apis", id),
  assemble: (organization: string, id: string) => at("provider", organization, "drafts", "apis", id, "assemble"),
  draftProducts: (organization: string) => at("provider", organization, "drafts", "products"),
  newProduct: (organization: string) => at("provider", organization, "drafts", "products", "new"),
  draftProduct: (organization: string, id: string) => at("provider", organization, "drafts", "products", id),
  approvals: (organization: string) => at("provider", organization, "approvals"),
  catalogProducts: (ref: CatalogRef) => at("provider", ref.organization, "catalogs", ref.catalog, "products"),
  endpoints: (ref: CatalogRef) => at("provider", ref.organization, "catalogs", ref.catalog, "settings", "endpoints"),
  members: (organization: string) => at("provider", organization, "members"),
  audit: (organization: string) => at("provider", organization, "audit"),
  organization: (organization: string) => at("provider", organization, "organization"),
};
