import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import { db } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import type { ApiRef } from "#lib/paths.ts";
import { type PlanDto, planSelect, toPlanDto } from "./product.dto.ts";

export interface ReleaseDto {
  id: string;
  productId: string;
  title: string;
  version: string;
  publishedAt: Date;
  plans: PlanDto[];
  /** `problem`: why this version cannot compile it, so that an older compiled form serves on; null: it can. */
  apis: { id: string; title: string; version: string; basePath: string; ref: ApiRef; problem: string | null }[];
  /** Applications with an active subscription, the test application not counted. */
  subscribers: number;
}

const releaseSelect = {
  id: true,
  productId: true,
  title: true,
  version: true,
  publishedAt: true,
  plans: { where: { endedAt: null }, select: planSelect, orderBy: { position: "asc" } },
  apis: {
    select: {
      publishedApi: {
        select: {
          apiDefinitionId: true,
          basePath: true,
          ...linkSelect,
          revision: { select: { title: true, version: true, problem: true } },
        },
      },
    },
  },
} as const satisfies Prisma.ProductReleaseSelect;

/** The products published in a catalog, newest first. */
export async function listReleases(
  actor: Actor,
  input: { organization: string; catalog: string } & PageInput,
): Promise<Page<ReleaseDto>> {
  const permit = authorize(actor, "product:read");
  const page = await pageOf(
    input,
    {
      where: {
        state: "published" as const,
        catalog: { slug: input.catalog, organization: { slug: input.organization }, ...ownedBy(permit) },
      },
      by: "publishedAt",
      direction: "desc",
      cursor: (where) => db().productRelease.findFirst({ where, select: { publishedAt: true } }),
    },
    (query) =>
      db().productRelease.findMany({
        ...query,
        select: releaseSelect,
        orderBy: [{ publishedAt: "desc" }, { id: "desc" }],
      }),
  );
  const subscribers = await subscribersOf(page.rows.map(({ id }) => id));
  return {
    ...page,
    rows: page.rows.map(({ plans, apis, ...row }) => ({
      ...row,
      plans: plans.map(toPlanDto),
      apis: apis.map(({ publishedApi: { apiDefinitionId: id, revision, basePath, ...live } }) => ({
        ...revision,
        ...{ id, basePath },
        ref: apiRefOf({ slug: input.catalog, organization: { slug: input.organization } }, live),
      })),
      subscribers: subscribers.get(row.id) ?? 0,
    })),
  };
}

/** Of the releases that are shown alone: over all, the count would read every tenant's subscriptions. */
async function subscribersOf(releaseIds: string[]): Promise<Map<string, number>> {
  if (releaseIds.length === 0) return new Map();
  const rows = await db().$queryRaw<{ releaseId: string; count: number }[]>`
    select s."releaseId", count(*)::int as count from "Subscription" s
    join "ProductRelease" r on r.id = s."releaseId"
    where s."releaseId" = any(${releaseIds}::uuid[]) and s.state = 'active'
      and not exists (
        select 1 from "SandboxTestCredential" t where t."catalogId" = r."catalogId" and t."applicationId" = s."applicationId")
    group by s."releaseId"`;
  return new Map(rows.map((row) => [row.releaseId, row.count]));
}
