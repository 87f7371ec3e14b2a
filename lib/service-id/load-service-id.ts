import { ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { db, type Tx, type UniqueWords } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { recordChanges } from "#lib/gateway-feed/record-change.ts";

/** A service ID in the reach of the permit. Throws NOT_FOUND for a foreign and a random one alike. */
export async function loadServiceId(permit: Permit, serviceIdId: string) {
  const serviceId = await db().serviceId.findFirst({
    where: { id: serviceIdId, ...ownedThrough("application", permit) },
    select: {
      id: true,
      name: true,
      description: true,
      applicationId: true,
      application: { select: { organizationId: true } },
      apis: { select: { apiDefinitionId: true } },
    },
  });
  if (!serviceId) throw notFound();
  return serviceId;
}

/**
 * Takes a service ID's row and its application's: what is made of them meanwhile is waited for. CONFLICT when it went
 * after it was read.
 */
export async function lockServiceId(tx: Tx, serviceId: { id: string; applicationId: string }): Promise<void> {
  const locks = { Application: toChange(serviceId.applicationId), ServiceId: toChange(serviceId.id) };
  if (await lockRows(tx, locks)) return;
  throw new AppError("CONFLICT", { detail: "The service ID was deleted a moment ago." });
}

/**
 * Tells the gateways about all keys of a service ID, which is locked: what it may call, or that it is gone, they know by
 * its keys.
 */
export async function announceKeys(tx: Tx, serviceIdId: string): Promise<bigint | null> {
  const keys = await tx.credential.findMany({ where: { serviceIdId }, select: { id: true } });
  return recordChanges(
    tx,
    "credential",
    keys.map(({ id }) => id),
  );
}

/** Puts a policy in the place of the one it has. */
export async function replacePolicy(tx: Tx, serviceIdId: string, scope: readonly string[]): Promise<void> {
  await tx.serviceIdApi.deleteMany({ where: { serviceIdId } });
  const data = [...new Set(scope)].map((apiDefinitionId) => ({ serviceIdId, apiDefinitionId }));
  await tx.serviceIdApi.createMany({ data });
}

/** What is said of a name that another service ID of the application has. */
export const nameTaken = (): UniqueWords => ({
  ServiceId_applicationId_name_key: fieldError("name", "Another service ID of this application has this name."),
});

/** What the audit log says of a service ID. */
export const auditTarget = (serviceId: { id: string; name: string; application: { organizationId: string } }) => ({
  organizationId: serviceId.application.organizationId,
  type: "service-id",
  id: serviceId.id,
  name: serviceId.name,
});
