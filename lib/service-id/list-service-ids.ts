import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { loadApplication } from "#lib/application/load-application.ts";
import { systemClock } from "#lib/clock.ts";
import { db } from "#lib/db/client.ts";
import { serviceIdSelect, toServiceIdDto } from "./service-id.dto.ts";
import { serviceIdsMax } from "./service-id.rules.ts";
import type { ServiceIdDto } from "./service-id.schema.ts";

/** The service IDs of an application with their keys and policies, oldest first. */
export async function listServiceIds(
  actor: Actor,
  applicationId: string,
  clock = systemClock,
): Promise<ServiceIdDto[]> {
  const permit = authorize(actor, "application:read");
  await loadApplication(permit, applicationId);
  return serviceIdsOf(permit, applicationId, clock);
}

/** The same of an application that was read already; of a foreign one it finds none. */
export async function serviceIdsOf(
  permit: Permit,
  applicationId: string,
  clock = systemClock,
): Promise<ServiceIdDto[]> {
  const rows = await db().serviceId.findMany({
    where: { applicationId, ...ownedThrough("application", permit) },
    select: serviceIdSelect,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    // As many as there can be.
    take: serviceIdsMax,
  });
  const titles = await titlesOf(
    applicationId,
    rows.flatMap((row) => row.apis.map((api) => api.apiDefinitionId)),
  );
  return rows.map((row) => toServiceIdDto(row, titles, clock()));
}

/**
 * Titles and versions as they are published, by definition: in a catalog where the application is subscribed, else where
 * it was published last. The definition itself is the provider's draft, which nobody else sees before it is published.
 */
async function titlesOf(applicationId: string, apiDefinitionIds: string[]): Promise<Map<string, string>> {
  const published = await db().publishedApi.findMany({
    where: { apiDefinitionId: { in: [...new Set(apiDefinitionIds)] } },
    select: {
      apiDefinitionId: true,
      revision: { select: { title: true, version: true } },
      releases: {
        where: { release: { subscriptions: { some: { applicationId, state: { in: ["active", "pending"] } } } } },
        select: { releaseId: true },
        take: 1,
      },
    },
    orderBy: [{ publishedAt: "asc" }, { id: "asc" }],
  });
  // The last one of an API stands: subscribed ones after the others, and among each the newest.
  published.sort((a, b) => a.releases.length - b.releases.length);
  return new Map(published.map(({ apiDefinitionId, revision: r }) => [apiDefinitionId, `${r.title} ${r.version}`]));
}
