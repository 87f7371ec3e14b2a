import type { Prisma } from "#lib/db/generated/client.ts";
import { type RateLimit, rateLimits } from "./product.schema.ts";

export const planSelect = { id: true, name: true, title: true, rateLimits: true, requiresApproval: true } as const;

export interface PlanDto {
  id: string;
  name: string;
  title: string;
  rateLimits: RateLimit[];
  requiresApproval: boolean;
}

/** A plan row of a draft or of a release. */
export const toPlanDto = (row: Prisma.PlanGetPayload<{ select: typeof planSelect }>): PlanDto => ({
  ...row,
  rateLimits: rateLimits.parse(row.rateLimits),
});

export const productSelect = {
  id: true,
  name: true,
  version: true,
  title: true,
  updatedAt: true,
  space: { select: { organizationId: true, pathPrefix: true, organization: { select: { slug: true, name: true } } } },
  plans: { select: planSelect, orderBy: { position: "asc" } },
  apis: {
    select: { api: { select: { id: true, title: true, version: true, basePath: true } } },
    orderBy: { position: "asc" },
  },
  releases: {
    select: { publishedAt: true, state: true, catalog: { select: { id: true, slug: true, title: true } } },
    orderBy: { publishedAt: "asc" },
  },
} as const satisfies Prisma.ProductSelect;

export interface ProductDto {
  id: string;
  name: string;
  version: string;
  title: string;
  updatedAt: Date;
  organizationId: string;
  organization: { slug: string; name: string };
  plans: PlanDto[];
  apis: { id: string; title: string; version: string; basePath: string }[];
  releases: {
    catalog: { id: string; slug: string; title: string };
    state: "published" | "retired";
    publishedAt: Date;
  }[];
}

export const toProductDto = (row: Prisma.ProductGetPayload<{ select: typeof productSelect }>): ProductDto => ({
  id: row.id,
  name: row.name,
  version: row.version,
  title: row.title,
  updatedAt: row.updatedAt,
  organizationId: row.space.organizationId,
  organization: row.space.organization,
  plans: row.plans.map(toPlanDto),
  apis: row.apis.map((entry) => entry.api),
  releases: row.releases,
});
