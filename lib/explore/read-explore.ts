import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import type { OperationSlice } from "#lib/api-definition/compiled.ts";
import { db } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type Page, pageOf } from "#lib/page.ts";
import type { ApiRef } from "#lib/paths.ts";
import type { OperationRef } from "./explore.schema.ts";
import type {
  ExploreApi,
  ExploreApiLine,
  ExploreCatalog,
  ExploreOperation,
  ExploreOperationLine,
} from "./explore-view.schema.ts";
import { catalogSelect, findPublished, type Published } from "./find-published.ts";
import { credentialNeed, withPathNames } from "./request.rules.ts";

/** Lines of the left column that come at once, so that the filter answers as one types: more than GitHub has. */
const OPERATIONS_MAX = 1_500;

/** The catalog that Explore was opened for (S61), and the first APIs in it by title. */
export async function readExploreCatalog(
  ref: { organization: string; catalog: string },
  after?: string,
): Promise<{ catalog: ExploreCatalog; apis: Page<ExploreApiLine & { id: string }> }> {
  const found = await db().catalog.findFirst({
    where: { slug: ref.catalog, organization: { slug: ref.organization } },
    select: catalogSelect,
  });
  if (!found) throw notFound();
  const { id, ...catalog } = found;
  const apis = await pageOf(
    { after },
    {
      where: { catalogId: id },
      by: "slug",
      direction: "asc",
      cursor: (where) => db().publishedApi.findFirst({ where, select: { slug: true } }),
    },
    (page) =>
      db().publishedApi.findMany({
        ...page,
        select: { ...linkSelect, revision: { select: { title: true, version: true } } },
        orderBy: [{ slug: "asc" }, { id: "asc" }],
      }),
  );
  return {
    catalog,
    apis: { ...apis, rows: apis.rows.map((row) => ({ id: row.id, ref: apiRefOf(catalog, row), ...row.revision })) },
  };
}

interface ExploredApi {
  api: ExploreApi;
  operations: ExploreOperationLine[];
  /** There are more than these. */
  more: boolean;
}

/** An API and its operations in the definition's order, those whose path, key, summary or tag holds `filter`. */
export const readExploreApi = async (ref: ApiRef, filter = ""): Promise<ExploredApi> =>
  exploreApiOf(await findPublished(ref), filter);

/** The same of an API that was found already. */
export async function exploreApiOf({ api, revisionId }: Published, filter = ""): Promise<ExploredApi> {
  const rows = await db().operation.findMany({
    where: { revisionId, ...matching(filter.trim()) },
    select: lineSelect,
    orderBy: { position: "asc" },
    take: OPERATIONS_MAX + 1,
  });
  return { api, operations: rows.slice(0, OPERATIONS_MAX).map(toLine), more: rows.length > OPERATIONS_MAX };
}

/** One operation with what the form needs. Throws NOT_FOUND. */
export const readExploreOperation = async (ref: OperationRef): Promise<ExploreOperation> =>
  exploreOperationOf(await findPublished(ref), ref.operation);

/** The same of an API that was found already. */
export async function exploreOperationOf({ compiled, revisionId }: Published, key: string): Promise<ExploreOperation> {
  const row = await db().operation.findUnique({
    where: { revisionId_key: { revisionId, key } },
    select: { ...lineSelect, description: true, slice: true },
  });
  if (!row) throw notFound();
  return {
    ...toLine(row),
    description: row.description,
    need: credentialNeed(compiled, row.key),
    // Written by publishing only, in this shape (lib/api-definition/compiled.ts).
    slice: withPathNames(row.slice as unknown as OperationSlice, row.pathTemplate),
  };
}

const lineSelect = { key: true, method: true, pathTemplate: true, summary: true, tags: true } as const;

const toLine = (row: Prisma.OperationGetPayload<{ select: typeof lineSelect }>): ExploreOperationLine => ({
  key: row.key,
  method: row.method,
  path: row.pathTemplate,
  summary: row.summary,
  tag: row.tags[0] ?? "",
});

function matching(filter: string): Prisma.OperationWhereInput {
  if (filter === "") return {};
  const contains = { contains: filter, mode: "insensitive" } as const;
  return {
    OR: [
      { pathTemplate: contains },
      { key: contains },
      { summary: contains },
      { tags: { has: filter } },
      { method: filter.toUpperCase() },
    ],
  };
}
