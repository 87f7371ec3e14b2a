import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import type { Role } from "#lib/access/permissions.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";

export interface OrganizationDto {
  id: string;
  slug: string;
  name: string;
  isProvider: boolean;
  isConsumer: boolean;
  createdAt: Date;
}

export interface MemberDto {
  /** The membership's ID. */
  id: string;
  userId: string;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
}

export interface InvitationDto {
  id: string;
  email: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date;
}

/** An organization that the actor belongs to, by its slug. */
export async function readOrganization(actor: Actor, slug: string): Promise<OrganizationDto> {
  const permit = authorize(actor, "organization:read");
  const ids = ownedBy(permit).organizationId;
  const row = await db().organization.findFirst({
    where: { slug, ...(ids && { id: ids }) },
    select: { id: true, slug: true, name: true, isProvider: true, isConsumer: true, createdAt: true },
  });
  if (!row) throw notFound();
  return row;
}

/** Members, longest first, and invitations that wait. */
export async function listMembers(
  actor: Actor,
  slug: string,
): Promise<{ members: MemberDto[]; invitations: InvitationDto[] }> {
  const { id } = await readOrganization(actor, slug);
  const members = await db().membership.findMany({
    where: { organizationId: id },
    select: { id: true, userId: true, role: true, createdAt: true, user: { select: { name: true, email: true } } },
    orderBy: { createdAt: "asc" },
    take: 500,
  });
  const invitations = await db().invitation.findMany({
    where: { organizationId: id, acceptedAt: null, expiresAt: { gt: new Date() } },
    select: { id: true, email: true, role: true, createdAt: true, expiresAt: true },
    orderBy: { createdAt: "desc" },
    take: 100,
  });
  return { members: members.map(({ user, ...row }) => ({ ...row, ...user })), invitations };
}
