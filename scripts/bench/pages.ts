import { listApplications } from "#lib/application/list-applications.ts";
import { openApplication } from "#lib/application/open-application.ts";
import { listEvents } from "#lib/audit/list-events.ts";
import { listPublishedOperations, readPublishedApi } from "#lib/catalog/read-published-api.ts";
import { searchApis } from "#lib/catalog/search-apis.ts";
import { findPublished } from "#lib/explore/find-published.ts";
import { listCallers } from "#lib/explore/list-callers.ts";
import { exploreApiOf, exploreOperationOf, readExploreCatalog } from "#lib/explore/read-explore.ts";
import { listMembers } from "#lib/organization/read-organization.ts";
import { readProviderFrame } from "#lib/organization/read-provider-frame.ts";
import { listReleases } from "#lib/product/list-releases.ts";
import { listProducts } from "#lib/product/read-product.ts";
import { listSubscribers } from "#lib/subscription/list-subscribers.ts";
import type { Seeded } from "./seed-many.ts";

/** What the portal's pages read, each as its page asks for it. */
export function pagesOf(seeded: Seeded, deep: string | undefined): Record<string, () => Promise<unknown>> {
  const { provider, consumer, providerSlug: organization, providerId, applicationId, catalogId } = seeded;
  const ref = { organization, catalog: "sandbox", api: seeded.apiSlug };
  const target = { catalogId, environment: "sandbox" as const, productIds: [seeded.releaseProductId] };
  return {
    "catalog, first page": () => searchApis({}),
    "search: a word of every API": () => searchApis({ q: "invoice" }),
    "search: the start of a word": () => searchApis({ q: "inv" }),
    "search: one API's title": () => searchApis({ q: seeded.apiSlug }),
    "search: two words of an operation": () => searchApis({ q: "listInvoice pageSize" }),
    "search: nothing": () => searchApis({ q: "xylophone" }),
    "page of an API": async () => {
      const api = await readPublishedApi(ref);
      await listPublishedOperations(api.id, { take: 25 });
      await listSubscribers(consumer, target);
    },
    "Explore, a catalog": () => readExploreCatalog(ref),
    "Explore, an operation": async () => {
      const published = await findPublished(ref);
      await exploreApiOf(published);
      await exploreOperationOf(published, seeded.operationKey);
      await listCallers(consumer, published);
    },
    applications: () => listApplications(consumer),
    "an application": () => openApplication(consumer, { applicationId }),
    dashboard: async () => {
      await readProviderFrame(provider, organization);
      await listReleases(provider, { organization, catalog: "sandbox" });
    },
    "draft products": () => listProducts(provider, { organization }),
    members: () => listMembers(provider, { organization }),
    "members, found by name": () => listMembers(provider, { organization, q: "member 2" }),
    "audit log, first page": () => listEvents(provider, { organizationId: providerId }),
    "audit log, deep": () => listEvents(provider, { organizationId: providerId, after: deep }),
  };
}
