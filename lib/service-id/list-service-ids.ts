import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
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
  const rows = await db().serviceId.findMany({
    where: { applicationId },
    select: serviceIdSelect,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: serviceIdsMax,
  });
  return rows.map((row) => toServiceIdDto(row, clock()));
}
