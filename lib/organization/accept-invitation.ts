import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { type Role, roleAllows } from "#lib/access/permissions.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { invitationTokenHash } from "./invite-member.ts";

export interface OpenInvitation {
  organization: { slug: string; name: string; isProvider: boolean };
  email: string;
  role: Role;
}

async function find(token: string, clock: Clock, reader: Tx = db()) {
  const row = await reader.invitation.findUnique({
    where: { tokenHash: invitationTokenHash(token) },
    select: {
      id: true,
      email: true,
      role: true,
      expiresAt: true,
      acceptedAt: true,
      invitedById: true,
      organization: { select: { id: true, slug: true, name: true, isProvider: true } },
    },
  });
  if (!row || row.acceptedAt || row.expiresAt <= clock()) throw notFound();
  if (row.invitedById !== null && !(await mayStillInvite(reader, row.invitedById, row.organization.id, row.role)))
    throw notFound();
  return row;
}

/** An invitation is the word of its sender: it ends with the membership, and with the role that allowed it. */
async function mayStillInvite(reader: Tx, userId: string, organizationId: string, role: Role): Promise<boolean> {
  const sender = await reader.membership.findUnique({
    where: { organizationId_userId: { organizationId, userId } },
    select: { role: true },
  });
  return sender !== null && roleAllows(sender.role, "member:manage") && (role !== "owner" || sender.role === "owner");
}

/** What an invitation link offers; whoever holds the link may read it. Throws NOT_FOUND when used, withdrawn or expired. */
export async function readInvitation(token: string, clock: Clock = systemClock): Promise<OpenInvitation> {
  const { organization, email, role } = await find(token, clock);
  return { organization, email, role };
}

/**
 * Makes the signed-in person a member. The link is the proof, once, for the account of the invited address alone. A member
 * already stays what they are.
 */
export async function acceptInvitation(
  actor: Actor,
  token: string,
  clock: Clock = systemClock,
): Promise<OpenInvitation> {
  const person = authorizeSelf(actor);
  const invitation = await find(token, clock);
  if (person.email !== invitation.email) {
    throw new AppError("FORBIDDEN", {
      detail: `This invitation is for ${invitation.email}. You are signed in as ${person.email}.`,
    });
  }
  const { organization, role } = invitation;
  await transaction(async (tx) => {
    await lockRows(tx, { Organization: toChange(organization.id) });
    // Its sender may have left, and its role may have changed, while the row was waited for.
    await find(token, clock, tx);
    const { count } = await tx.invitation.updateMany({
      where: { id: invitation.id, acceptedAt: null, expiresAt: { gt: clock() } },
      data: { acceptedAt: clock() },
    });
    if (count === 0) throw notFound();
    await tx.membership.upsert({
      where: { organizationId_userId: { organizationId: organization.id, userId: person.userId } },
      create: { id: newId(), organizationId: organization.id, userId: person.userId, role },
      update: {},
    });
    await recordEvent(
      tx,
      person,
      "member.joined",
      { organizationId: organization.id, type: "user", id: person.userId, name: person.name },
      { role },
    );
  });
  return { organization, email: invitation.email, role };
}
