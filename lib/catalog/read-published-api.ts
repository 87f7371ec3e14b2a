import { type FoundAddress, findApiAddress } from "#lib/api-address/find-api-address.ts";
import type { CompiledApi, CompiledScheme } from "#lib/api-definition/compiled.ts";
import { db } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { ApiRef } from "#lib/paths.ts";
import { type PlanDto, planSelect, toPlanDto } from "#lib/product/product.dto.ts";

export interface PublishedApiDto {
  id: string;
  /** Its address of today, and the other versions there. */
  ref: ApiRef;
  versions: FoundAddress["versions"];
  moved: FoundAddress["moved"];
  title: string;
  version: string;
  /** CommonMark, as the provider wrote it; rendered through a sanitizer. */
  description: string;
  publishedAt: Date;
  /** Gateway address up to and with the base path. */
  baseUrl: string;
  organization: { id: string; slug: string; name: string };
  catalog: { id: string; slug: string; title: string; kind: "sandbox" | "production" };
  /** The credentials that the API asks for at least somewhere. */
  schemes: CompiledScheme[];
  products: { releaseId: string; productId: string; title: string; version: string; plans: PlanDto[] }[];
  operationCount: number;
}

/** A published API by its public address. Anybody may look. Throws NOT_FOUND. */
export async function readPublishedApi(ref: ApiRef): Promise<PublishedApiDto> {
  const { publishedApiId, ...address } = await findApiAddress(ref);
  const row = await db().publishedApi.findUnique({
    where: { id: publishedApiId },
    select: {
      id: true,
      publishedAt: true,
      basePath: true,
      space: { select: { pathPrefix: true } },
      catalog: {
        select: {
          id: true,
          slug: true,
          title: true,
          kind: true,
          organization: { select: { id: true, slug: true, name: true } },
        },
      },
      revision: {
        select: {
          title: true,
          version: true,
          description: true,
          compiled: true,
          operationCount: true,
        },
      },
      releases: {
        where: { release: { state: "published" } },
        select: {
          release: {
            select: {
              id: true,
              productId: true,
              title: true,
              version: true,
              plans: { where: { endedAt: null }, select: planSelect, orderBy: { position: "asc" } },
            },
          },
        },
        orderBy: { release: { publishedAt: "asc" } },
      },
    },
  });
  if (!row) throw notFound();
  const { organization, ...catalog } = row.catalog;
  const compiled = row.revision.compiled as unknown as CompiledApi;
  const used = new Set(compiled.operations.flatMap((operation) => operation.security.flat()));
  return {
    id: row.id,
    ...address,
    title: row.revision.title,
    version: row.revision.version,
    description: row.revision.description,
    publishedAt: row.publishedAt,
    baseUrl: `${env().GATEWAY_URL}/${row.space.pathPrefix}/${catalog.slug}${row.basePath}`,
    organization,
    catalog,
    schemes: Object.entries(compiled.schemes)
      .filter(([name]) => used.has(name))
      .map(([, scheme]) => scheme),
    products: row.releases.map(({ release: { id, plans, ...release } }) => ({
      releaseId: id,
      ...release,
      plans: plans.map(toPlanDto),
    })),
    operationCount: row.revision.operationCount,
  };
}

export interface ListedOperationDto {
  id: string;
  key: string;
  method: string;
  path: string;
  summary: string;
}

/** The operations of a published API in the order of its definition, a page at a time. */
export async function listPublishedOperations(
  publishedApiId: string,
  input: { skip?: number; take: number; q?: string | undefined },
): Promise<{ rows: ListedOperationDto[]; total: number }> {
  const where = {
    revision: { published: { some: { id: publishedApiId } } },
    ...(input.q && {
      OR: [
        { key: { contains: input.q, mode: "insensitive" as const } },
        { pathTemplate: { contains: input.q, mode: "insensitive" as const } },
        { summary: { contains: input.q, mode: "insensitive" as const } },
      ],
    }),
  };
  const [rows, total] = await Promise.all([
    db().operation.findMany({
      where,
      select: { id: true, key: true, method: true, pathTemplate: true, summary: true },
      orderBy: { position: "asc" },
      skip: input.skip ?? 0,
      take: input.take,
    }),
    db().operation.count({ where }),
  ]);
  return { rows: rows.map(({ pathTemplate, ...row }) => ({ ...row, path: pathTemplate })), total };
}
