import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db/client.ts";
import { credentialSelect, toCredentialDto } from "./credential.dto.ts";
import type { CredentialDto } from "./credential.schema.ts";
import { type UpdateCredentialInput, updateCredentialInput } from "./credential.schema.ts";
import { auditTarget, loadCredential } from "./load-credential.ts";

/** Changes a credential's name and description; calls are not touched. */
export async function updateCredential(
  actor: Actor,
  input: UpdateCredentialInput,
  clock = systemClock,
): Promise<CredentialDto> {
  const permit = authorize(actor, "credential:write");
  const { credentialId, name, description } = updateCredentialInput.parse(input);
  const now = clock();
  const before = await loadCredential(permit, credentialId, "edit", now);
  const row = await transaction(async (tx) => {
    const changed = await tx.credential.update({
      where: { id: credentialId },
      data: { name, description },
      select: credentialSelect,
    });
    await recordEvent(tx, permit, "credential.updated", auditTarget({ ...before, name }), {
      before: { name: before.name, description: before.description },
      after: { name, description },
    });
    return changed;
  });
  return toCredentialDto(row, now);
}
