import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { transaction } from "#lib/db/client.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { type UpdateApplicationInput, updateApplicationInput } from "./application.schema.ts";
import { claimName } from "./claim-name.ts";
import { auditTarget, loadApplication, lockApplication } from "./load-application.ts";

/**
 * Changes an application's name and description. Gateways take the name too: policies read it as `client.app.name`.
 * NAME_TAKEN beside `name`.
 */
export async function updateApplication(
  actor: Actor,
  input: UpdateApplicationInput,
): Promise<{ applicationId: string }> {
  const permit = authorize(actor, "application:write");
  const { applicationId, name, description } = updateApplicationInput.parse(input);
  const application = await loadApplication(permit, applicationId);
  await transaction(async (tx) => {
    if (name !== application.name) await claimName(tx, { ...application, name });
    await lockApplication(tx, applicationId);
    const before = await loadApplication(permit, applicationId, tx);
    await tx.application.update({ where: { id: applicationId }, data: { name, description } });
    await recordEvent(tx, permit, "application.updated", auditTarget({ ...before, name }), {
      before: { name: before.name, description: before.description },
      after: { name, description },
    });
    await recordChange(tx, "application", applicationId);
  });
  return { applicationId };
}
