import { ownedBy, type Permit } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";

/** An application in the reach of the permit. Throws NOT_FOUND for a foreign, a random and a sandbox's test application alike. */
export async function loadApplication(permit: Permit, applicationId: string) {
  const application = await db().application.findFirst({
    where: { id: applicationId, isTest: false, ...ownedBy(permit) },
    select: { id: true, name: true, description: true, state: true, organizationId: true },
  });
  if (!application) throw notFound();
  return application;
}

/** What the audit log says of an application. */
export const auditTarget = (application: { id: string; name: string; organizationId: string }) => ({
  organizationId: application.organizationId,
  type: "application",
  id: application.id,
  name: application.name,
});
