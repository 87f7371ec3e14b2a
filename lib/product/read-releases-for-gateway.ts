import { db, type Tx } from "#lib/db/client.ts";

export interface ReleaseForGateway {
  id: string;
  publishedApiIds: string[];
  /** The limits are parsed by the snapshot. */
  plans: {
    id: string;
    name: string;
    rateLimits: unknown;
    burstLimits: unknown;
    quotas: unknown;
    operationLimits: unknown;
  }[];
}

/** IDs of the published releases. */
export async function publishedReleaseIds(): Promise<string[]> {
  const rows = await db().productRelease.findMany({ where: { state: "published" }, select: { id: true } });
  return rows.map((row) => row.id);
}

/** Reads those of `ids` that are published, with plans and APIs. A retired one is left out: nobody is subscribed to it. */
export async function readReleasesForGateway(ids: readonly string[], tx: Tx = db()): Promise<ReleaseForGateway[]> {
  const rows = await tx.productRelease.findMany({
    where: { id: { in: [...ids] }, state: "published" },
    select: {
      id: true,
      apis: { select: { publishedApiId: true } },
      plans: {
        where: { endedAt: null },
        select: { id: true, name: true, rateLimits: true, burstLimits: true, quotas: true, operationLimits: true },
      },
    },
  });
  return rows.map(({ id, apis, plans }) => ({ id, publishedApiIds: apis.map((api) => api.publishedApiId), plans }));
}

/** IDs of the releases that hold one of these published APIs. */
export async function releaseIdsOfPublishedApis(publishedApiIds: readonly string[], tx: Tx): Promise<string[]> {
  const rows = await tx.releaseApi.findMany({
    where: { publishedApiId: { in: [...publishedApiIds] } },
    select: { releaseId: true },
  });
  return [...new Set(rows.map((row) => row.releaseId))];
}

/** IDs of the published APIs that these releases hold. */
export async function publishedApiIdsOfReleases(releaseIds: readonly string[], tx: Tx): Promise<string[]> {
  const rows = await tx.releaseApi.findMany({
    where: { releaseId: { in: [...releaseIds] } },
    select: { publishedApiId: true },
  });
  return [...new Set(rows.map((row) => row.publishedApiId))];
}
