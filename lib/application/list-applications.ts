import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { type Page, type PageInput, pageOf } from "#lib/page.ts";
import { applicationRowSelect, toApplicationLine } from "./application.dto.ts";
import type { ApplicationLine } from "./application.schema.ts";

/** The applications of all organizations that the actor belongs to, newest first. */
export async function listApplications(actor: Actor, page: PageInput = {}): Promise<Page<ApplicationLine>> {
  const permit = authorize(actor, "application:read");
  const found = await pageOf(
    page,
    {
      where: { isTest: false, ...ownedBy(permit) },
      by: "createdAt",
      direction: "desc",
      cursor: (where) => db().application.findFirst({ where, select: { createdAt: true } }),
    },
    (query) =>
      db().application.findMany({
        ...query,
        select: applicationRowSelect,
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      }),
  );
  return { rows: found.rows.map(toApplicationLine), next: found.next };
}
