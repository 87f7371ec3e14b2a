import { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { authorize, type Permit } from "#lib/access/authorize.ts";
import { db } from "#lib/db/client.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { type Cause, causes } from "#lib/errors/refusals.ts";
import { startOf } from "./request-id.ts";

export const readCauseInput = z
  .object({
    requestId: z.uuid(),
    /** As whom the actor asks: owner of the application that called, or provider of the API that was called. */
    as: z.enum(["caller", "provider"]),
  })
  .strict();

/**
 * The exact cause that the gateway recorded behind a refusal (gateway.md part 3); null for a call that has none.
 * Throws NOT_FOUND for a call of a foreign application or API, for one that never was, and until its record is written.
 */
export async function readCause(
  actor: Actor,
  { requestId, as }: z.output<typeof readCauseInput>,
): Promise<{ cause: Cause | null }> {
  const permit = authorize(actor, as === "caller" ? "application:read" : "api:read");
  const rows = await db().$queryRaw<{ cause: string | null }[]>`
    select record."cause" from "CallRecord" record left join "Application" on "Application"."id" = record."applicationId"
    where record."requestId" = ${requestId}::uuid and ${near(requestId)} and ${within(permit, as)}`;
  const [found] = rows;
  if (!found) throw notFound();
  return { cause: causes.find((cause) => cause === found.cause) ?? null };
}

/**
 * An ID that says when its call began is looked for in the partition of that day alone: the record has the same time, and
 * what is left here is for clocks of other writers. IDs of the version before do not say it.
 */
function near(requestId: string): Prisma.Sql {
  const start = startOf(requestId);
  if (!start) return Prisma.sql`true`;
  return Prisma.sql`record."time" between ${start}::timestamptz - interval '5 seconds' and ${start}::timestamptz + interval '5 seconds'`;
}

/** Tenant scope of a table that is not Prisma's. */
function within({ organizationIds }: Permit, as: "caller" | "provider"): Prisma.Sql {
  if (organizationIds === "all") return Prisma.sql`true`;
  const owner = as === "caller" ? Prisma.sql`"Application"."organizationId"` : Prisma.sql`record."organizationId"`;
  return Prisma.sql`${owner} = any(${[...organizationIds]}::uuid[])`;
}
