import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, lockSubscriptionsOf, toEnd } from "#lib/db/lock-rows.ts";
import { fieldError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange, recordChanges } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { confirmsDeletion } from "./application.rules.ts";
import { type DeleteApplicationInput, deleteApplicationInput } from "./application.schema.ts";
import { auditTarget, loadApplication } from "./load-application.ts";

/**
 * Deletes an application with its credentials and subscriptions, after its name was typed. Answers once the gateways
 * that are alive refuse its credentials. Its call records and audit events stay.
 */
export async function deleteApplication(
  actor: Actor,
  input: DeleteApplicationInput,
): Promise<{ name: string; live: LiveState }> {
  const permit = authorize(actor, "application:write");
  const { applicationId, confirmName } = deleteApplicationInput.parse(input);
  const application = await loadApplication(permit, applicationId);
  if (!confirmsDeletion(confirmName, application.name)) {
    throw fieldError("confirmName", `Type ${application.name} to delete it.`);
  }
  const xid = await transaction(async (tx) => {
    if (!(await lockRows(tx, { Application: toEnd(applicationId) }))) throw notFound();
    await announceEnd(tx, applicationId);
    await tx.application.delete({ where: { id: applicationId } });
    await recordEvent(tx, permit, "application.deleted", auditTarget(application));
    return recordChange(tx, "application", applicationId);
  });
  return { name: application.name, live: await waitUntilLive(xid, actor) };
}

/** A gateway reloads one entity a change, and after a cascade nothing would name these. */
async function announceEnd(tx: Tx, applicationId: string): Promise<void> {
  const credentials = (await tx.credential.findMany({ where: { applicationId }, select: { id: true } })).map(
    (c) => c.id,
  );
  const serviceIds = (await tx.serviceId.findMany({ where: { applicationId }, select: { id: true } })).map((s) => s.id);
  await lockRows(tx, { ServiceId: toEnd(serviceIds), Credential: toEnd(credentials) });
  await recordChanges(tx, "credential", credentials);
  await recordChanges(tx, "subscription", await lockSubscriptionsOf(tx, { applicationId }));
}
