import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import { type ProductDto, productSelect, savedSincePublished, toProductDto } from "./product.dto.ts";

/** One draft product with its plans, APIs and where it is published. */
export async function readProduct(actor: Actor, id: string): Promise<ProductDto> {
  const permit = authorize(actor, "product:read");
  const row = await db().product.findFirst({
    where: { id, deletedAt: null, ...ownedThrough("space", permit) },
    select: productSelect,
  });
  if (!row) throw notFound();
  return toProductDto(row, await changedSincePublished([row]));
}

/** Live APIs of these products whose draft has another text. Few are asked for, and the texts stay in the database. */
async function changedSincePublished(rows: Parameters<typeof savedSincePublished>[0][]): Promise<Set<string>> {
  const ids = rows.flatMap(savedSincePublished);
  if (ids.length === 0) return new Set();
  const changed = await db().$queryRaw<{ id: string }[]>`
    select live.id from "PublishedApi" live
    join "ApiDefinition" draft on draft.id = live."apiDefinitionId"
    join "ApiRevision" revision on revision.id = live."revisionId"
    where live.id = any(${ids}::uuid[]) and encode(sha256(convert_to(draft.source, 'UTF8')), 'hex') <> revision.hash`;
  return new Set(changed.map(({ id }) => id));
}

/** The draft products of an organization, last changed first; `q` finds words of the title. */
export async function listProducts(
  actor: Actor,
  input: { organization: string; q?: string } & PageInput,
): Promise<Page<ProductDto>> {
  const permit = authorize(actor, "product:read");
  return pageOf(
    input,
    {
      where: {
        deletedAt: null,
        space: { organization: { slug: input.organization }, ...ownedThrough("space", permit).space },
        ...(input.q && { title: { contains: input.q, mode: "insensitive" as const } }),
      },
      by: "updatedAt",
      direction: "desc",
      cursor: (where) => db().product.findFirst({ where, select: { updatedAt: true } }),
    },
    async (page) => {
      const rows = await db().product.findMany({
        ...page,
        select: productSelect,
        orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
      });
      const changed = await changedSincePublished(rows);
      return rows.map((row) => toProductDto(row, changed));
    },
  );
}
