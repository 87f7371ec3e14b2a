import type { CompiledApi, OperationSlice } from "#lib/api-definition/compiled.ts";
import { db } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { newId } from "#lib/ids.ts";

const compiled: CompiledApi = {
  format: 1,
  basePath: "/weather",
  enforced: true,
  schemes: {
    id: { key: "client_id", in: "header", name: "X-IBM-Client-Id" },
    secret: { key: "client_secret", in: "header", name: "X-IBM-Client-Secret" },
  },
  forwardsAuthorization: false,
  operations: [
    { key: "current", method: "GET", path: "/current", security: [["id", "secret"]] },
    { key: "status", method: "GET", path: "/status/{region}", security: [] },
  ],
};

const slice: OperationSlice = {
  parameters: [
    { name: "zipcode", in: "query", required: true, description: "", type: "string", enum: [], example: "90210" },
  ],
  body: null,
  responses: [{ status: "200", description: "The weather now" }],
};
const region = {
  name: "region",
  in: "path",
  required: true,
  description: "",
  type: "string",
  enum: [],
  example: "west",
};

export interface PublishedKit {
  catalogId: string;
  publishedApiId: string;
  releaseId: string;
  /** Of the plans free (at once), gold (on approval) and silver (at once). */
  plans: { free: string; gold: string; silver: string };
  ref: { organization: string; catalog: string; api: string };
}

/** Rows of a weather API that is live in a catalog of a provider, with three plans; publishing itself is tested elsewhere. */
export async function publishedWeather(
  provider: { organizationId: string; slug: string },
  catalog: "sandbox" | "production" = "sandbox",
): Promise<PublishedKit> {
  const { organizationId, slug } = provider;
  const { id: catalogId } = await db().catalog.findFirstOrThrow({ where: { organizationId, slug: catalog } });
  const space = await db().space.findFirstOrThrow({ where: { organizationId } });
  const [apiId, revisionId, publishedApiId, productId, releaseId] = [newId(), newId(), newId(), newId(), newId()];
  const title = "Weather";
  const version = `1.0.${apiId.slice(-4)}`;
  const basePath = `/weather-${apiId.slice(-8)}`;
  const named = { id: apiId, spaceId: space.id, name: "weather", version, title, basePath };
  await db().apiDefinition.create({ data: { ...named, source: "", format: "openapi-2.0", outline: [] } });
  const frozen = { ...compiled, basePath } as unknown as Prisma.InputJsonObject;
  await db().apiRevision.create({
    data: {
      id: revisionId,
      apiDefinitionId: apiId,
      hash: apiId,
      source: "",
      title,
      version,
      basePath,
      compiled: frozen,
    },
  });
  for (const [position, o] of compiled.operations.entries()) {
    const parameters = o.key === "status" ? [region] : slice.parameters;
    await db().operation.create({
      data: {
        ...{ id: newId(), revisionId, position, key: o.key, method: o.method, pathTemplate: o.path },
        ...{ summary: o.key, description: "", tags: ["Weather"], security: [] },
        slice: { ...slice, parameters } as unknown as Prisma.InputJsonObject,
      },
    });
  }
  const published = { id: publishedApiId, apiDefinitionId: apiId, catalogId, spaceId: space.id, revisionId };
  const api = `weather-${version}`;
  await db().publishedApi.create({ data: { ...published, basePath, slug: api } });
  await db().product.create({ data: { id: productId, spaceId: space.id, name: "weather", version, title } });
  await db().productRelease.create({ data: { id: releaseId, productId, catalogId, title, version } });
  await db().releaseApi.create({ data: { releaseId, publishedApiId } });
  const plans = { free: newId(), gold: newId(), silver: newId() };
  for (const [position, name] of (["free", "gold", "silver"] as const).entries()) {
    const rateLimits = [{ limit: 100, windowSeconds: 3600 }];
    const row = { id: plans[name], releaseId, position, name, rateLimits, requiresApproval: name === "gold" };
    await db().releasePlan.create({ data: { ...row, title: name[0]?.toUpperCase() + name.slice(1) } });
  }
  return { catalogId, publishedApiId, releaseId, plans, ref: { organization: slug, catalog, api } };
}
