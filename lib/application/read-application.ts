import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { systemClock } from "#lib/clock.ts";
import { db } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { applicationSelect, toApplicationDto } from "./application.dto.ts";
import type { ApplicationDto } from "./application.schema.ts";
import { type ApplicationRef, applicationRef } from "./application.schema.ts";

/** One application with its credentials (S21). Its subscriptions are a list of their own (`listSubscriptionsOfApplication`). */
export async function readApplication(
  actor: Actor,
  input: ApplicationRef,
  clock = systemClock,
): Promise<ApplicationDto> {
  const permit = authorize(actor, "application:read");
  const { applicationId } = applicationRef.parse(input);
  const row = await db().application.findFirst({
    where: { id: applicationId, isTest: false, ...ownedBy(permit) },
    select: applicationSelect,
  });
  if (!row) throw notFound();
  return toApplicationDto(row, clock());
}
