import type { UserActor } from "#lib/access/actor.ts";
import type { Permit } from "#lib/access/authorize.ts";
import type { Tx } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { newId } from "#lib/ids.ts";

export interface AuditTarget {
  /** null: what concerns the installation as a whole; its administrators read of it. */
  organizationId: string | null;
  type: string;
  id: string;
  name: string;
}

/**
 * Writes who did what to what, in the mutation's own transaction. `by` is the permit of `authorize`, or the person
 * themselves for what they do to their own account (`authorizeSelf`). `detail` holds no secret.
 */
export async function recordEvent(
  tx: Tx,
  by: Permit | UserActor,
  action: string,
  target: AuditTarget,
  detail: Prisma.InputJsonObject = {},
): Promise<void> {
  const actor = "actor" in by ? by.actor : by;
  await tx.auditEvent.create({
    data: {
      id: newId(),
      organizationId: target.organizationId,
      actorId: actor.kind === "user" ? actor.userId : null,
      actorName: actor.name,
      action,
      targetType: target.type,
      targetId: target.id,
      targetName: target.name,
      detail,
    },
  });
}
