import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import { type ProductDto, productSelect, toProductDto } from "./product.dto.ts";

/** One draft product with its plans, APIs and where it is published. */
export async function readProduct(actor: Actor, id: string): Promise<ProductDto> {
  const permit = authorize(actor, "product:read");
  const row = await db().product.findFirst({ where: { id, ...ownedThrough("space", permit) }, select: productSelect });
  if (!row) throw notFound();
  return toProductDto(row);
}

/** The draft products of an organization, last changed first; `q` finds words of the title. */
export async function listProducts(
  actor: Actor,
  input: { organization: string; q?: string } & PageInput,
): Promise<Page<ProductDto>> {
  const permit = authorize(actor, "product:read");
  return pageOf(input, async ({ take, cursor }) => {
    const rows = await db().product.findMany({
      where: {
        space: { organization: { slug: input.organization }, ...ownedThrough("space", permit).space },
        ...(input.q && { title: { contains: input.q, mode: "insensitive" } }),
      },
      select: productSelect,
      orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
      take,
      ...cursor,
    });
    return rows.map(toProductDto);
  });
}
