import type { Prisma } from "#lib/db/generated/client.ts";
import type { PlanLimits } from "./plan.rules.ts";
import { toPlanLimits } from "./product.schema.ts";

export const planSelect = {
  id: true,
  name: true,
  title: true,
  rateLimits: true,
  burstLimits: true,
  quotas: true,
  operationLimits: true,
  requiresApproval: true,
} as const;

export interface PlanDto extends PlanLimits {
  id: string;
  name: string;
  title: string;
  requiresApproval: boolean;
}

/** A plan row of a draft or of a release. */
export const toPlanDto = (row: Prisma.PlanGetPayload<{ select: typeof planSelect }>): PlanDto => ({
  ...row,
  ...toPlanLimits(row),
});

export const productSelect = {
  id: true,
  name: true,
  version: true,
  title: true,
  draftVersion: true,
  updatedAt: true,
  space: { select: { organizationId: true, pathPrefix: true, organization: { select: { slug: true, name: true } } } },
  plans: { select: planSelect, orderBy: { position: "asc" } },
  apis: {
    select: { api: { select: { id: true, title: true, version: true, basePath: true, sourceVersion: true } } },
    orderBy: { position: "asc" },
  },
  releases: {
    select: {
      publishedAt: true,
      state: true,
      draftVersion: true,
      retiredAt: true,
      retireReason: true,
      catalog: { select: { id: true, slug: true, title: true } },
      apis: { select: { publishedApi: { select: { id: true, apiDefinitionId: true, sourceVersion: true } } } },
    },
    orderBy: { publishedAt: "asc" },
  },
} as const satisfies Prisma.ProductSelect;

export interface ProductDto {
  id: string;
  name: string;
  version: string;
  title: string;
  /** For the next save. */
  draftVersion: number;
  updatedAt: Date;
  organizationId: string;
  organization: { slug: string; name: string };
  plans: PlanDto[];
  apis: { id: string; title: string; version: string; basePath: string }[];
  releases: {
    catalog: { id: string; slug: string; title: string };
    state: "published" | "retired";
    publishedAt: Date;
    /** null: it is published, or an older portal retired it. */
    retiredAt: Date | null;
    retireReason: string;
    /** What of the draft callers do not get there yet: title, plans or list of APIs; and the APIs whose text changed. */
    behind: { product: boolean; apis: string[] };
  }[];
}

type ProductRow = Prisma.ProductGetPayload<{ select: typeof productSelect }>;

/** Live APIs of which the draft was saved since it was read for the publish; whether the text differs, the database tells. */
export const savedSincePublished = ({ apis, releases }: ProductRow): string[] =>
  releases.flatMap((release) =>
    release.apis
      .filter(({ publishedApi: live }) =>
        apis.some(({ api }) => api.id === live.apiDefinitionId && api.sourceVersion !== live.sourceVersion),
      )
      .map(({ publishedApi }) => publishedApi.id),
  );

/** `changed` holds the live APIs (PublishedApi.id) whose draft has another text. */
export const toProductDto = (row: ProductRow, changed: Set<string>): ProductDto => ({
  id: row.id,
  name: row.name,
  version: row.version,
  title: row.title,
  draftVersion: row.draftVersion,
  updatedAt: row.updatedAt,
  organizationId: row.space.organizationId,
  organization: row.space.organization,
  plans: row.plans.map(toPlanDto),
  apis: row.apis.map(({ api: { sourceVersion: _sourceVersion, ...api } }) => api),
  releases: row.releases.map(({ apis, draftVersion, ...release }) => ({
    ...release,
    behind: {
      product: draftVersion === null ? row.updatedAt > release.publishedAt : draftVersion !== row.draftVersion,
      apis: row.apis
        .filter(({ api }) =>
          apis.some((a) => a.publishedApi.apiDefinitionId === api.id && changed.has(a.publishedApi.id)),
        )
        .map(({ api }) => api.title),
    },
  })),
});
