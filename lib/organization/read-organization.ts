import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import type { Role } from "#lib/access/permissions.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type Part, partOf } from "#lib/page.rules.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";

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

/** Open invitations that the members' page shows. */
const INVITATIONS_MAX = 100;

export interface MembersDto {
  /** Longest first. */
  members: Page<MemberDto>;
  /** Of the whole organization. */
  total: number;
  owners: number;
  invitations: Part<InvitationDto>;
}

/** The members of an organization, a page at a time; `q` is a part of a name or an address. Invitations that wait, newest first. */
export async function listMembers(
  actor: Actor,
  input: { organization: string; q?: string | undefined } & PageInput,
): Promise<MembersDto> {
  const permit = authorize(actor, "organization:read");
  const ids = ownedBy(permit).organizationId;
  const organization = { slug: input.organization, ...(ids && { id: ids }) };
  const q = input.q?.trim();
  const contains = { contains: q ?? "", mode: "insensitive" as const };
  const members = await pageOf(
    input,
    {
      where: { organization, ...(q && { user: { OR: [{ name: contains }, { email: contains }] } }) },
      by: "createdAt",
      direction: "asc",
      cursor: (where) => db().membership.findFirst({ where, select: { createdAt: true } }),
    },
    (page) =>
      db().membership.findMany({
        ...page,
        select: { id: true, userId: true, role: true, createdAt: true, user: { select: { name: true, email: true } } },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      }),
  );
  const roles = await db().membership.groupBy({ by: ["role"], where: { organization }, _count: true });
  // Everybody's organization has an owner: without one it is not there, or out of reach.
  if (roles.length === 0) throw notFound();
  const invitations = await db().invitation.findMany({
    where: { organization, acceptedAt: null, expiresAt: { gt: new Date() } },
    select: { id: true, email: true, role: true, createdAt: true, expiresAt: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: INVITATIONS_MAX + 1,
  });
  return {
    members: { ...members, rows: members.rows.map(({ user, ...row }) => ({ ...row, ...user })) },
    total: roles.reduce((sum, role) => sum + role._count, 0),
    owners: roles.find(({ role }) => role === "owner")?._count ?? 0,
    invitations: partOf(invitations, INVITATIONS_MAX),
  };
}
