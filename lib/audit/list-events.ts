import type { Actor } from "#lib/access/actor.ts";
import { authorize, authorizeAdministrator, reaches } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";

export interface AuditEventDto {
  id: string;
  actorName: string;
  action: string;
  targetType: string;
  targetName: string;
  createdAt: Date;
}

/** Who did what in an organization, newest first. */
export async function listEvents(
  actor: Actor,
  input: { organizationId: string } & PageInput,
): Promise<Page<AuditEventDto>> {
  const permit = authorize(actor, "organization:manage");
  if (!reaches(permit, input.organizationId)) throw notFound();
  return readEvents(input.organizationId, input);
}

/** What administrators did to the installation as a whole, newest first. */
export async function listInstallationEvents(actor: Actor, input: PageInput): Promise<Page<AuditEventDto>> {
  authorizeAdministrator(actor);
  return readEvents(null, input);
}

const readEvents = (organizationId: string | null, input: PageInput): Promise<Page<AuditEventDto>> =>
  pageOf(
    input,
    {
      where: { organizationId },
      by: "createdAt",
      direction: "desc",
      cursor: (where) => db().auditEvent.findFirst({ where, select: { createdAt: true } }),
    },
    (page) =>
      db().auditEvent.findMany({
        ...page,
        select: { id: true, actorName: true, action: true, targetType: true, targetName: true, createdAt: true },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      }),
  );
