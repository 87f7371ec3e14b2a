import type { Actor } from "#lib/access/actor.ts";
import { mayIn } from "#lib/access/authorize.ts";

/** The organizations in which the actor may register an application: those that use APIs, where the role allows it. */
export function listApplicationOwners(actor: Actor): { id: string; name: string }[] {
  if (actor.kind !== "user") return [];
  return actor.memberships
    .filter((m) => m.isConsumer && mayIn(actor, "application:write", m.organizationId))
    .map((m) => ({ id: m.organizationId, name: m.organizationName }));
}
