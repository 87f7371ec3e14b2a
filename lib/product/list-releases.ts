import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { apiRefOf, linkSelect } from "#lib/api-address/api-address.dto.ts";
import { db } from "#lib/db/client.ts";
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

/** The products published in a catalog, newest first. */
export async function listReleases(
  actor: Actor,
  input: { organization: string; catalog: string } & PageInput,
): Promise<Page<ReleaseDto>> {
  const permit = authorize(actor, "product:read");
  return pageOf(input, async ({ take, cursor }) => {
    const rows = await db().productRelease.findMany({
      where: {
        state: "published",
        catalog: { slug: input.catalog, organization: { slug: input.organization }, ...ownedBy(permit) },
      },
      select: {
        id: true,
        productId: true,
        title: true,
        version: true,
        publishedAt: true,
        plans: { select: planSelect, orderBy: { position: "asc" } },
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
        _count: { select: { subscriptions: { where: { state: "active", application: { isTest: false } } } } },
      },
      orderBy: [{ publishedAt: "desc" }, { id: "desc" }],
      take,
      ...cursor,
    });
    return rows.map(({ _count, plans, apis, ...row }) => ({
      ...row,
      plans: plans.map(toPlanDto),
      apis: apis.map(({ publishedApi: { apiDefinitionId: id, revision, basePath, ...live } }) => ({
        ...revision,
        ...{ id, basePath },
        ref: apiRefOf({ slug: input.catalog, organization: { slug: input.organization } }, live),
      })),
      subscribers: _count.subscriptions,
    }));
  });
}
