import { createHash, randomBytes } from "node:crypto";
import type { Actor } from "#lib/access/actor.ts";
import { authorize, reaches } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, fieldError, notFound } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { mayGrant } from "./organization.rules.ts";
import type { InviteMemberInput } from "./organization.schema.ts";
import { readOrganization } from "./read-organization.ts";

const INVITATION_DAYS = 7;
/** Of one organization, waiting at a time: as many as its page lists. */
const INVITATIONS_MAX = 100;

/** What is stored of an invitation's token. */
export const invitationTokenHash = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash("sha256").update(token).digest());

/**
 * Invites a person by e-mail address: the answer holds the link's token, once, for the inviter to pass on. Whether an
 * account exists is not told. An earlier link for the address
 * ends. Field errors: `email` (already a member), `role` (above the inviter's own). Throws STATE_INVALID at the cap.
 */
export async function inviteMember(
  actor: Actor,
  slug: string,
  input: InviteMemberInput,
  clock: Clock = systemClock,
): Promise<{ token: string; expiresAt: Date }> {
  const permit = authorize(actor, "member:manage");
  const organization = await readOrganization(actor, slug);
  if (!reaches(permit, organization.id)) throw notFound();
  if (!mayGrant(actor, organization.id, input.role)) throw fieldError("role", "Only an owner can make an owner.");
  const token = randomBytes(32).toString("base64url");
  const expiresAt = new Date(clock().getTime() + INVITATION_DAYS * 86_400_000);
  await transaction(async (tx) => {
    // Two at once take turns, so that an address has one live link; so does who accepts meanwhile.
    await lockRows(tx, { Organization: toChange(organization.id) });
    const member = await tx.membership.findFirst({
      where: { organizationId: organization.id, user: { email: input.email } },
      select: { id: true },
    });
    if (member) throw fieldError("email", "This person is a member already.");
    const waiting = await tx.invitation.count({
      where: {
        organizationId: organization.id,
        acceptedAt: null,
        expiresAt: { gt: clock() },
        email: { not: input.email },
      },
    });
    if (waiting >= INVITATIONS_MAX) {
      throw new AppError("STATE_INVALID", {
        detail: `${INVITATIONS_MAX} invitations wait already. Withdraw some, or wait until they are accepted.`,
      });
    }
    await tx.invitation.deleteMany({
      where: { organizationId: organization.id, email: input.email, acceptedAt: null },
    });
    const id = newId();
    await tx.invitation.create({
      data: {
        id,
        organizationId: organization.id,
        email: input.email,
        role: input.role,
        tokenHash: invitationTokenHash(token),
        expiresAt,
        invitedById: actor.kind === "user" ? actor.userId : null,
      },
    });
    await recordEvent(
      tx,
      permit,
      "member.invited",
      { organizationId: organization.id, type: "invitation", id, name: input.email },
      { role: input.role },
    );
  });
  return { token, expiresAt };
}

/** Takes an invitation back; its link stops working. */
export async function withdrawInvitation(actor: Actor, id: string): Promise<void> {
  const permit = authorize(actor, "member:manage");
  const row = await db().invitation.findUnique({ where: { id }, select: { organizationId: true, email: true } });
  if (!row || !reaches(permit, row.organizationId)) throw notFound();
  await transaction(async (tx) => {
    await lockRows(tx, { Organization: toChange(row.organizationId) });
    const { count } = await tx.invitation.deleteMany({ where: { id, acceptedAt: null } });
    if (count === 0) {
      throw new AppError("CONFLICT", {
        detail: `${row.email} accepted the invitation, or somebody took it back, a moment ago.`,
      });
    }
    await recordEvent(tx, permit, "invitation.withdrawn", {
      organizationId: row.organizationId,
      type: "invitation",
      id,
      name: row.email,
    });
  });
}
