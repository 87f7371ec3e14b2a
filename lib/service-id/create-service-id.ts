import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { loadApplication, lockApplication } from "#lib/application/load-application.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { checkScope } from "#lib/credential/check-scope.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { auditTarget, nameTaken, replacePolicy } from "./load-service-id.ts";
import { serviceIdsMax } from "./service-id.rules.ts";
import { type CreateServiceIdInput, createServiceIdInput } from "./service-id.schema.ts";

/**
 * Makes a service ID of an application (S110, S115). It belongs to the application, so it stays when its maker goes
 * (S117), and it may call nothing but what its policy names (S113). It has no key yet.
 */
export async function createServiceId(
  actor: Actor,
  input: CreateServiceIdInput,
): Promise<{ id: string; name: string }> {
  const permit = authorize(actor, "credential:write");
  const { applicationId, name, description, scope } = createServiceIdInput.parse(input);
  const application = await loadApplication(permit, applicationId);
  await checkScope(applicationId, scope);
  const id = newId();
  await transaction(async (tx) => {
    await lockBelowCap(tx, applicationId);
    await tx.serviceId.create({ data: { id, applicationId, name, description } });
    await replacePolicy(tx, id, scope);
    await recordEvent(tx, permit, "service-id.created", auditTarget({ id, name, application }), {
      application: application.name,
      scope,
    });
  }, nameTaken());
  return { id, name };
}

/** Takes the application's row, so that two creations at once cannot both pass the cap. */
async function lockBelowCap(tx: Tx, applicationId: string): Promise<void> {
  await lockApplication(tx, applicationId);
  if ((await tx.serviceId.count({ where: { applicationId } })) >= serviceIdsMax) {
    throw new AppError("STATE_INVALID", { detail: `An application has at most ${serviceIdsMax} service IDs.` });
  }
}
