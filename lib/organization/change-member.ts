import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy, type Permit } from "#lib/access/authorize.ts";
import { type Role, roleAllows } from "#lib/access/permissions.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { mayGrant } from "./organization.rules.ts";

/** A member in reach of the permit, with the organization's row held: roles and owners are as read until the commit. */
async function lockMember(tx: Tx, permit: Permit, membershipId: string) {
  const found = await tx.membership.findFirst({
    where: { id: membershipId, ...ownedBy(permit) },
    select: { organizationId: true },
  });
  if (!found) throw notFound();
  await lockRows(tx, { Organization: toChange(found.organizationId) });
  const member = await tx.membership.findUnique({
    where: { id: membershipId },
    select: { id: true, organizationId: true, userId: true, role: true, user: { select: { name: true } } },
  });
  if (!member) throw new AppError("CONFLICT", { detail: "This person was removed a moment ago." });
  return member;
}

/** At least one owner always; the database holds the same line at commit. */
async function requireAnotherOwner(tx: Tx, organizationId: string, leaving: string): Promise<void> {
  const others = await tx.membership.count({ where: { organizationId, role: "owner", id: { not: leaving } } });
  if (others === 0)
    throw new AppError("STATE_INVALID", {
      detail: "An organization needs at least one owner. Make somebody else an owner first.",
    });
}

const mayStillInvite = (role: Role): boolean => roleAllows(role, "member:manage");

/** Links that a person sent end with the right to send them; their page lists them no more. */
async function endInvitations(tx: Tx, sender: { organizationId: string; userId: string }, role?: Role): Promise<void> {
  const { organizationId, userId } = sender;
  await tx.invitation.deleteMany({
    where: { organizationId, invitedById: userId, acceptedAt: null, ...(role && { role }) },
  });
}

/** Gives a member another role. Errors: field `role` (only an owner makes or changes an owner), STATE_INVALID (last owner). */
export async function changeRole(actor: Actor, membershipId: string, role: Role): Promise<void> {
  const permit = authorize(actor, "member:manage");
  await transaction(async (tx) => {
    const member = await lockMember(tx, permit, membershipId);
    if (!mayGrant(actor, member.organizationId, role) || !mayGrant(actor, member.organizationId, member.role)) {
      throw fieldError("role", "Only an owner can make or change an owner.");
    }
    if (member.role === "owner" && role !== "owner") await requireAnotherOwner(tx, member.organizationId, member.id);
    await tx.membership.update({ where: { id: member.id }, data: { role } });
    if (!mayStillInvite(role)) await endInvitations(tx, member);
    else if (member.role === "owner" && role !== "owner") await endInvitations(tx, member, "owner");
    await recordEvent(
      tx,
      permit,
      "member.role-changed",
      { organizationId: member.organizationId, type: "user", id: member.userId, name: member.user.name },
      { from: member.role, to: role },
    );
  });
}

/** Ends a membership. What the organization owns stays as it is, applications and keys go on (S117). */
export async function removeMember(actor: Actor, membershipId: string): Promise<void> {
  const permit = authorize(actor, "member:manage");
  await transaction(async (tx) => {
    const member = await lockMember(tx, permit, membershipId);
    if (!mayGrant(actor, member.organizationId, member.role)) {
      throw new AppError("FORBIDDEN", { detail: "Only an owner can remove an owner." });
    }
    if (member.role === "owner") await requireAnotherOwner(tx, member.organizationId, member.id);
    await tx.membership.delete({ where: { id: member.id } });
    await endInvitations(tx, member);
    await recordEvent(tx, permit, "member.removed", {
      organizationId: member.organizationId,
      type: "user",
      id: member.userId,
      name: member.user.name,
    });
  });
}
