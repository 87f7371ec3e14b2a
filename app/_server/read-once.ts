import "server-only";
import { cache } from "react";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";
import { openApplication } from "#lib/application/open-application.ts";
import { readCatalog } from "#lib/catalog/read-catalog.ts";
import { readEndpoints } from "#lib/catalog/read-endpoints.ts";
import { readPublishedApi } from "#lib/catalog/read-published-api.ts";
import { findPublished } from "#lib/explore/find-published.ts";
import { exploreApiOf, exploreOperationOf } from "#lib/explore/read-explore.ts";
import { readProviderFrame } from "#lib/organization/read-provider-frame.ts";
import type { ApiRef } from "#lib/paths.ts";
import { readProduct } from "#lib/product/read-product.ts";
import { currentActor } from "./actor.ts";

// What layout, metadata and page of one request ask for alike is read once. Keys are plain values: React tells
// objects apart by identity.

const publishedApi = cache((organization: string, catalog: string, api: string, version: string | undefined) =>
  readPublishedApi({ organization, catalog, api, version }),
);
/** An API's page. */
export const publishedApiOnce = (ref: ApiRef) => publishedApi(ref.organization, ref.catalog, ref.api, ref.version);

const published = cache((organization: string, catalog: string, api: string, version: string | undefined) =>
  findPublished({ organization, catalog, api, version }),
);
/** An API in Explore, for what its frame and its pages read. */
export const publishedOnce = (ref: ApiRef) => published(ref.organization, ref.catalog, ref.api, ref.version);

// By identity of what `publishedOnce` gave.
export const exploreApiOnce = cache(exploreApiOf);
export const exploreOperationOnce = cache(exploreOperationOf);

/** A provider's frame, with the organization and its catalogs, for the pages in it too. */
export const providerFrameOnce = cache(async (organization: string) =>
  readProviderFrame(await currentActor(), organization),
);

/** An application's page. */
export const applicationOnce = cache(
  async (applicationId: string, api: string | undefined, operation: string | undefined) =>
    openApplication(await currentActor(), { applicationId, ...(api && { api }), ...(operation && { operation }) }),
);

/** A draft, for the pages of the studio and their titles. */
export const draftApiOnce = cache(async (id: string) => readApiDefinition(await currentActor(), id));

/** A draft product. */
export const productOnce = cache(async (id: string) => readProduct(await currentActor(), id));

export const catalogOnce = cache(async (organization: string, catalog: string) =>
  readCatalog(await currentActor(), organization, catalog),
);
export const endpointsOnce = cache(async (organization: string, catalog: string) =>
  readEndpoints(await currentActor(), organization, catalog),
);
