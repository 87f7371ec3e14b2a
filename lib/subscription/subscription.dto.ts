import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { planSelect, toPlanDto } from "#lib/product/product.dto.ts";
import type { SubscriptionDto } from "./subscription.schema.ts";

export const subscriptionSelect = {
  id: true,
  state: true,
  comment: true,
  decisionReason: true,
  decidedAt: true,
  createdAt: true,
  endedAt: true,
  endCause: true,
  endReason: true,
  productId: true,
  application: { select: { id: true, name: true, organization: { select: { name: true } } } },
  catalog: { select: { slug: true, title: true, kind: true, organization: { select: { slug: true, name: true } } } },
  plan: { select: planSelect },
  release: {
    select: {
      id: true,
      title: true,
      version: true,
      state: true,
      apis: {
        select: {
          publishedApi: {
            select: { apiDefinitionId: true, ...linkSelect, revision: { select: { title: true, version: true } } },
          },
        },
        orderBy: { publishedApi: { slug: "asc" } },
      },
    },
  },
} as const satisfies Prisma.SubscriptionSelect;

type SubscriptionRow = Prisma.SubscriptionGetPayload<{ select: typeof subscriptionSelect }>;

export const toSubscriptionDto = (row: SubscriptionRow): SubscriptionDto => ({
  id: row.id,
  state: row.state,
  comment: row.comment,
  decisionReason: row.decisionReason,
  decidedAt: row.decidedAt,
  createdAt: row.createdAt,
  retired: row.endCause === "retired" && row.endedAt ? { at: row.endedAt, reason: row.endReason } : null,
  application: {
    id: row.application.id,
    name: row.application.name,
    organization: row.application.organization.name,
  },
  catalog: row.catalog,
  product: {
    id: row.productId,
    releaseId: row.release.id,
    title: row.release.title,
    version: row.release.version,
    retired: row.release.state === "retired",
  },
  plan: toPlanDto(row.plan),
  apis: row.release.apis.map(({ publishedApi }) => ({
    id: publishedApi.apiDefinitionId,
    ref: apiRefOf(row.catalog, publishedApi),
    ...publishedApi.revision,
  })),
});
