import type { Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";

/** What each role is for, in the words of the members page. */
export const roleWords: Record<Role, string> = {
  owner: "Everything, also the organization itself and its owners",
  admin: "Members, settings, publishing, applications",
  editor: "Designs and publishes APIs and products, decides requests",
  developer: "Registers applications, subscribes, manages credentials",
  viewer: "Reads everything, changes nothing",
};

/** Why a member's role and membership cannot be changed by the actor now; null when they can. `changeRole` and `removeMember` refuse the same. */
export function memberLock(
  actor: Actor,
  organizationId: string,
  member: { role: Role },
  /** Of the whole organization. */
  owners: number,
): string | null {
  if (!mayGrant(actor, organizationId, member.role)) return "Only an owner can change an owner.";
  return member.role === "owner" && owners === 1 ? "The only owner: make somebody else an owner first." : null;
}

/** Only an owner makes an owner; admins give every other role. */
export function mayGrant(actor: Actor, organizationId: string, role: Role): boolean {
  if (actor.kind === "system") return true;
  if (actor.kind !== "user") return false;
  const own = actor.memberships.find((m) => m.organizationId === organizationId)?.role;
  return own === "owner" || (own === "admin" && role !== "owner");
}
