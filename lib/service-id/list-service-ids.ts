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
  return rows.map((row) => toServiceIdDto(row, clock()));
}
