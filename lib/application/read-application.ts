import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { systemClock } from "#lib/clock.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { applicationSelect, toApplicationDto } from "./application.dto.ts";
import { type ApplicationDto, type ApplicationRef, applicationRef } from "./application.schema.ts";

/** One application with its credentials (S21). Its subscriptions are a list of their own (`listSubscriptionsOfApplication`). */
export async function readApplication(
  actor: Actor,
  input: ApplicationRef,
  clock = systemClock,
): Promise<ApplicationDto> {
  const permit = authorize(actor, "application:read");
  // The ID comes from an address: one that cannot be an ID is as absent as one that is not.
  const ref = applicationRef.safeParse(input);
  if (!ref.success) throw notFound();
  const row = await db().application.findFirst({
    where: { id: ref.data.applicationId, isTest: false, ...ownedBy(permit) },
    select: applicationSelect,
  });
  if (!row) throw notFound();
  return toApplicationDto(row, clock());
}
