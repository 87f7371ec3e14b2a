import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { transaction } from "#lib/db/client.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { announceKeys, auditTarget, loadServiceId, lockServiceId } from "./load-service-id.ts";
import { type ServiceIdRef, serviceIdRef } from "./service-id.schema.ts";

/** Deletes a service ID with all its keys; their tokens end with them. Answers once the gateways that are alive refuse them. */
export async function deleteServiceId(
  actor: Actor,
  input: ServiceIdRef,
): Promise<{ name: string; live: LiveState | null }> {
  const permit = authorize(actor, "credential:write");
  const { serviceIdId } = serviceIdRef.parse(input);
  const serviceId = await loadServiceId(permit, serviceIdId);
  const xid = await transaction(async (tx) => {
    await lockServiceId(tx, serviceId);
    // Before the cascade: afterwards nothing would name the keys.
    const told = await announceKeys(tx, serviceIdId);
    await tx.serviceId.delete({ where: { id: serviceIdId } });
    await recordEvent(tx, permit, "service-id.deleted", auditTarget(serviceId));
    return told;
  });
  return { name: serviceId.name, live: xid === null ? null : await waitUntilLive(xid, actor) };
}
