import { ownedBy, type Permit } from "#lib/access/authorize.ts";
import { db, type Tx } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";

/** An application in the reach of the permit. Throws NOT_FOUND for a foreign, a random and a sandbox's test application alike. */
export async function loadApplication(permit: Permit, applicationId: string, reader: Tx = db()) {
  const application = await reader.application.findFirst({
    where: { id: applicationId, isTest: false, ...ownedBy(permit) },
    select: { id: true, name: true, description: true, state: true, organizationId: true },
  });
  if (!application) throw notFound();
  return application;
}

/**
 * The application's row, held until the commit: what belongs to it is as read till then. For one that was read before
 * the transaction, so that its going is told: CONFLICT.
 */
export async function lockApplication(tx: Tx, applicationId: string): Promise<void> {
  if (await lockRows(tx, { Application: toChange(applicationId) })) return;
  throw new AppError("CONFLICT", { detail: "The application was deleted a moment ago." });
}

/** What the audit log says of an application. */
export const auditTarget = (application: { id: string; name: string; organizationId: string }) => ({
  organizationId: application.organizationId,
  type: "application",
  id: application.id,
  name: application.name,
});
