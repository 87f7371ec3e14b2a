import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { checkScope } from "#lib/credential/check-scope.ts";
import { transaction } from "#lib/db/client.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import {
  announceKeys,
  auditTarget,
  loadServiceId,
  lockServiceId,
  nameTaken,
  replacePolicy,
} from "./load-service-id.ts";
import { type UpdateServiceIdInput, updateServiceIdInput } from "./service-id.schema.ts";

/**
 * Changes a service ID's name, description and policy. Answers once the gateways that are alive hold its keys and tokens
 * to the new policy; `live` is null when it has no key that they could know.
 */
export async function updateServiceId(
  actor: Actor,
  input: UpdateServiceIdInput,
): Promise<{ name: string; live: LiveState | null }> {
  const permit = authorize(actor, "credential:write");
  const { serviceIdId, name, description, scope } = updateServiceIdInput.parse(input);
  const before = await loadServiceId(permit, serviceIdId);
  const held = before.apis.map(({ apiDefinitionId }) => apiDefinitionId);
  await checkScope(before.applicationId, scope, held);
  const xid = await transaction(async (tx) => {
    await lockServiceId(tx, before);
    await tx.serviceId.update({ where: { id: serviceIdId }, data: { name, description } });
    await replacePolicy(tx, serviceIdId, scope);
    await recordEvent(tx, permit, "service-id.updated", auditTarget({ ...before, name }), {
      before: { name: before.name, description: before.description, scope: held },
      after: { name, description, scope },
    });
    return announceKeys(tx, serviceIdId);
  }, nameTaken());
  return { name, live: xid === null ? null : await waitUntilLive(xid, actor) };
}
