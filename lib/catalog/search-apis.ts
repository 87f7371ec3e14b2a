import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import { db } from "#lib/db/client.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import { PAGE_LIMIT, type Page, type PageInput, pageFrom } from "#lib/page.ts";
import type { ApiRef } from "#lib/paths.ts";
import { type PlanDto, planSelect, toPlanDto } from "#lib/product/product.dto.ts";
import { cutText } from "#lib/text.schema.ts";
import { searchQuery } from "./search-words.rules.ts";

export interface ListedApiDto {
  id: string;
  ref: ApiRef;
  title: string;
  version: string;
  /** First paragraph of the description. */
  summary: string;
  operations: number;
  publishedAt: Date;
  organization: { slug: string; name: string };
  catalog: { slug: string; title: string; kind: "sandbox" | "production" };
  plans: PlanDto[];
  /** No operation asks for a credential. */
  open: boolean;
}

export interface SearchInput extends PageInput {
  /** Words of title, provider, tags, operations with their parameters, and description. */
  q?: string | undefined;
  kind?: "sandbox" | "production" | undefined;
  organization?: string | undefined;
}

const firstParagraph = (text: string): string =>
  cutText((text.split(/\n\s*\n/)[0] ?? "").replace(/\s+/g, " ").trim(), 240);

const listSelect = {
  ...linkSelect,
  publishedAt: true,
  revision: {
    select: {
      id: true,
      title: true,
      version: true,
      description: true,
      operationCount: true,
      search: { select: { asksForKeys: true } },
    },
  },
  catalog: { select: { slug: true, title: true, kind: true, organization: { select: { slug: true, name: true } } } },
  releases: {
    where: { release: { state: "published" } },
    select: {
      release: { select: { plans: { where: { endedAt: null }, select: planSelect, orderBy: { position: "asc" } } } },
    },
  },
} as const satisfies Prisma.PublishedApiSelect;

/**
 * The published APIs of all catalogs: newest first, or what holds every word of `q`, the best first (title before provider and
 * tags before operations before description). Anybody may look, without signing in (S19).
 */
export async function searchApis(input: SearchInput): Promise<Page<ListedApiDto>> {
  const page = pageFrom(await findIds(input));
  if (page.rows.length === 0) return { rows: [], next: null };
  const rows = await db().publishedApi.findMany({
    where: { id: { in: page.rows.map(({ id }) => id) } },
    select: listSelect,
  });
  const byId = new Map(rows.map((row) => [row.id, toListed(row)]));
  return { rows: page.rows.flatMap(({ id }) => byId.get(id) ?? []), next: page.next };
}

/** The IDs of one page and one more, in order: filter, rank, cursor and limit in one statement. */
async function findIds({ q, kind, organization, after }: SearchInput): Promise<{ id: string }[]> {
  const query = searchQuery(q ?? "");
  // Typed, but no letter and no digit: nothing can hold that.
  if (!query && q?.trim()) return [];
  const rank = query ? Prisma.sql`ts_rank(s.words, ${query.any}::tsquery)` : Prisma.sql`0::real`;
  return db().$queryRaw<{ id: string }[]>`
    with found as (
      select p.id, p."publishedAt", ${rank} as rank
      from "PublishedApi" p
      join "Catalog" c on c.id = p."catalogId"
      ${query ? Prisma.sql`join "ApiSearch" s on s."revisionId" = p."revisionId" and s.words @@ ${query.all}::tsquery` : Prisma.empty}
      ${organization ? Prisma.sql`join "Organization" o on o.id = c."organizationId" and o.slug = ${organization}` : Prisma.empty}
      ${kind ? Prisma.sql`where c.kind = ${kind}::"CatalogKind"` : Prisma.empty}
    ), cursor as (select rank, "publishedAt", id from found where id = ${after ?? null}::uuid)
    select found.id::text from found left join cursor on true
    where cursor.id is null or (found.rank, found."publishedAt", found.id) < (cursor.rank, cursor."publishedAt", cursor.id)
    order by found.rank desc, found."publishedAt" desc, found.id desc
    limit ${PAGE_LIMIT}`;
}

type ListedRow = Prisma.PublishedApiGetPayload<{ select: typeof listSelect }>;

const toListed = ({ revision, catalog, releases, address, slug, ...row }: ListedRow): ListedApiDto => ({
  ...row,
  ref: apiRefOf(catalog, { id: row.id, slug, address }),
  title: revision.title,
  version: revision.version,
  summary: firstParagraph(revision.description),
  operations: revision.operationCount,
  organization: catalog.organization,
  catalog: { slug: catalog.slug, title: catalog.title, kind: catalog.kind },
  plans: releases.flatMap(({ release }) => release.plans.map(toPlanDto)),
  // Not indexed yet, for seconds after a portal of before published it: "open" is said of what is known to be so.
  open: revision.search?.asksForKeys === false,
});
