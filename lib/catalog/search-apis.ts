import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import { db } from "#lib/db/client.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import type { ApiRef } from "#lib/paths.ts";
import { type PlanDto, planSelect, toPlanDto } from "#lib/product/product.dto.ts";

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
  /** Words of title, description, operation paths and summaries. */
  q?: string | undefined;
  kind?: "sandbox" | "production" | undefined;
  organization?: string | undefined;
}

const firstParagraph = (text: string): string =>
  (text.split(/\n\s*\n/)[0] ?? "").replace(/\s+/g, " ").trim().slice(0, 240);

/** `weather curr` -> `weather:* & curr:*`; null when nothing searchable was typed. */
function tsQuery(q: string | undefined): string | null {
  const words =
    (q ?? "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 8) ?? [];
  return words.length > 0 ? words.map((word) => `${word}:*`).join(" & ") : null;
}

async function matching(q: string | undefined): Promise<string[] | null> {
  const query = tsQuery(q);
  if (!query) return null;
  const rows = await db().$queryRaw<{ id: string }[]>(Prisma.sql`
    select p.id::text from "PublishedApi" p join "ApiRevision" r on r.id = p."revisionId"
    where to_tsvector('simple', r.title || ' ' || r.description) @@ to_tsquery('simple', ${query})
       or exists (select 1 from "Operation" o where o."revisionId" = r.id
                  and to_tsvector('simple', o.key || ' ' || o."pathTemplate" || ' ' || o.summary) @@ to_tsquery('simple', ${query}))
    limit 1000`);
  return rows.map((row) => row.id);
}

/** Those of some revisions that ask for a client ID or secret somewhere; asked of Postgres, because compiled forms can be large. */
async function askingForKeys(revisionIds: string[]): Promise<Set<string>> {
  if (revisionIds.length === 0) return new Set();
  const rows = await db().$queryRaw<{ id: string }[]>(Prisma.sql`
    select id::text from "ApiRevision"
    where id in (${Prisma.join(revisionIds.map((id) => Prisma.sql`${id}::uuid`))})
      and jsonb_path_exists(compiled, '$.operations[*].security[*][*]')`);
  return new Set(rows.map((row) => row.id));
}

/** The published APIs of all catalogs, newest first. Anybody may look, without signing in (S19). */
export async function searchApis(input: SearchInput): Promise<Page<ListedApiDto>> {
  const ids = await matching(input.q);
  return pageOf(input, async ({ take, cursor }) => {
    const rows = await db().publishedApi.findMany({
      where: {
        ...(ids && { id: { in: ids } }),
        catalog: {
          ...(input.kind && { kind: input.kind }),
          ...(input.organization && { organization: { slug: input.organization } }),
        },
      },
      select: {
        ...linkSelect,
        publishedAt: true,
        revision: {
          select: { id: true, title: true, version: true, description: true, _count: { select: { operations: true } } },
        },
        catalog: {
          select: { slug: true, title: true, kind: true, organization: { select: { slug: true, name: true } } },
        },
        releases: {
          where: { release: { state: "published" } },
          select: { release: { select: { plans: { select: planSelect, orderBy: { position: "asc" } } } } },
        },
      },
      orderBy: [{ publishedAt: "desc" }, { id: "desc" }],
      take,
      ...cursor,
    });
    const keyed = await askingForKeys(rows.map((row) => row.revision.id));
    return rows.map(({ revision, catalog, releases, address, slug, ...row }) => ({
      ...row,
      ref: apiRefOf(catalog, { id: row.id, slug, address }),
      title: revision.title,
      version: revision.version,
      summary: firstParagraph(revision.description),
      operations: revision._count.operations,
      organization: catalog.organization,
      catalog: { slug: catalog.slug, title: catalog.title, kind: catalog.kind },
      plans: releases.flatMap(({ release }) => release.plans.map(toPlanDto)),
      open: !keyed.has(revision.id),
    }));
  });
}
