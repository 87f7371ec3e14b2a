/** Every address of the portal, made in one place. Pure; pages, mails and tests use it. */
const at = (...segments: string[]): string => `/${segments.map(encodeURIComponent).join("/")}`;

export interface CatalogRef {
  organization: string;
  catalog: string;
}
export interface ApiRef extends CatalogRef {
  /** PublishedApi.slug, e.g. "weather-provider-api-1.0.0" */
  api: string;
}

export const paths = {
  home: () => "/",
  signIn: (next?: string) => (next ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in"),
  signUp: (next?: string) => (next ? `/sign-up?next=${encodeURIComponent(next)}` : "/sign-up"),
  account: () => "/account",
  newOrganization: () => "/organizations/new",
  gateways: () => "/installation/gateways",
  silentGateways: () => "/installation/gateways?show=silent",
  installationAudit: () => "/installation/audit",
  invitation: (token: string) => at("invitations", token),

  // Developers, and everybody who has not signed in
  catalog: (query = "") => `/apis${query}`,
  api: (ref: ApiRef) => at("apis", ref.organization, ref.catalog, ref.api),
  explore: (ref: CatalogRef) => at("explore", ref.organization, ref.catalog),
  exploreApi: (ref: ApiRef) => at("explore", ref.organization, ref.catalog, ref.api),
  exploreOperation: (ref: ApiRef, operation: string) =>
    at("explore", ref.organization, ref.catalog, ref.api, operation),
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
