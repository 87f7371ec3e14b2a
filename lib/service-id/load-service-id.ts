import { ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { db, isUniqueViolation, type Tx } from "#lib/db/client.ts";
import { type AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";

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

/** Tells the gateways about all keys of a service ID: what it may call, or that it is gone, they know by its keys. */
export async function announceKeys(tx: Tx, serviceIdId: string): Promise<bigint | null> {
  // A key that is being made is waited for, and told about as well.
  await tx.$queryRaw`select 1 from "ServiceId" where id = ${serviceIdId}::uuid for update`;
  let xid: bigint | null = null;
  for (const { id } of await tx.credential.findMany({ where: { serviceIdId }, select: { id: true } })) {
    xid = await recordChange(tx, "credential", id);
  }
  return xid;
}

/** Puts a policy in the place of the one it has. */
export async function replacePolicy(tx: Tx, serviceIdId: string, scope: readonly string[]): Promise<void> {
  await tx.serviceIdApi.deleteMany({ where: { serviceIdId } });
  const data = [...new Set(scope)].map((apiDefinitionId) => ({ serviceIdId, apiDefinitionId }));
  await tx.serviceIdApi.createMany({ data });
}

/** The error of a name that another service ID of the application has; any other error as it is. */
export const nameTaken = (error: unknown): AppError | unknown =>
  isUniqueViolation(error) ? fieldError("name", "Another service ID of this application has this name.") : error;

/** What the audit log says of a service ID. */
export const auditTarget = (serviceId: { id: string; name: string; application: { organizationId: string } }) => ({
  organizationId: serviceId.application.organizationId,
  type: "service-id",
  id: serviceId.id,
  name: serviceId.name,
});
