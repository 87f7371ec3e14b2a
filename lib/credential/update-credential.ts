import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db/client.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { checkScope } from "./check-scope.ts";
import { credentialSelect, toCredentialDto } from "./credential.dto.ts";
import type { CredentialDto } from "./credential.schema.ts";
import { type UpdateCredentialInput, updateCredentialInput } from "./credential.schema.ts";
import { auditTarget, loadCredential, lockActive } from "./load-credential.ts";

/**
 * Changes a credential's name, description, and what it is narrowed to. Where that changes, it waits until the gateways
 * that are alive hold calls against it; else `live` is null and calls are not touched.
 */
export async function updateCredential(
  actor: Actor,
  input: UpdateCredentialInput,
  clock = systemClock,
): Promise<CredentialDto & { live: LiveState | null }> {
  const permit = authorize(actor, "credential:write");
  const { credentialId, name, description, ...limits } = updateCredentialInput.parse(input);
  const now = clock();
  const before = await loadCredential(permit, credentialId, "edit", now);
  const networks = limits.networks ?? before.networks;
  const scope = limits.scope ?? before.scope;
  await checkScope(before.applicationId, scope, before.scope);
  const narrowed = !isSame(networks, before.networks) || !isSame(scope, before.scope);
  const { row, xid } = await transaction(async (tx) => {
    await lockActive(tx, credentialId);
    const changed = await tx.credential.update({
      where: { id: credentialId },
      data: { name, description, networks, scope },
      select: credentialSelect,
    });
    await recordEvent(tx, permit, "credential.updated", auditTarget({ ...before, name }), {
      before: { name: before.name, description: before.description, networks: before.networks, scope: before.scope },
      after: { name, description, networks, scope },
    });
    return { row: changed, xid: narrowed ? await recordChange(tx, "credential", credentialId) : null };
  });
  return { ...toCredentialDto(row, now), live: xid === null ? null : await waitUntilLive(xid, actor) };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((entry, index) => entry === b[index]);
