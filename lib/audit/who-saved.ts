import type { Permit } from "#lib/access/authorize.ts";
import type { Tx } from "#lib/db/client.ts";
import { formatMoment } from "#lib/format.ts";

interface Saved {
  who: "self" | "other" | "unknown";
  name: string;
  /** "on 29 Nov 2026, 10:12,", to stand within a sentence. */
  when: string;
}

/** Who did this last to a row, for the words of a conflict: the person themselves, somebody else, or nobody knows. */
export async function whoSaved(
  tx: Tx,
  permit: Permit,
  of: { organizationId: string; action: string; targetId: string },
): Promise<Saved> {
  const event = await tx.auditEvent.findFirst({
    where: of,
    select: { actorId: true, actorName: true, createdAt: true },
    orderBy: { createdAt: "desc" },
  });
  if (!event) return { who: "unknown", name: "", when: "" };
  const own = permit.actor.kind === "user" && event.actorId === permit.actor.userId;
  return { who: own ? "self" : "other", name: event.actorName, when: `on ${formatMoment(event.createdAt)},` };
}
