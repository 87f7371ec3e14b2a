import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { byActor, recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { EndSessionInput } from "./identity.schema.ts";

/** Ends one session of the person's own: its browser is signed out at its next request. Throws NOT_FOUND for any other. */
export async function endOwnSession(
  actor: Actor,
  { sessionId }: EndSessionInput,
  clock: Clock = systemClock,
): Promise<void> {
  const person = authorizeSelf(actor);
  const { userId } = person;
  const { count } = await db().session.updateMany({
    where: { id: sessionId, userId, endedAt: null },
    data: { endedAt: clock() },
  });
  if (count === 0) throw notFound();
  await recordSecurityEvent({ action: "session.ended", by: byActor(person), on: person.email });
}

/** Ends every session of the person but the one that asks. */
export async function endOtherSessions(actor: Actor, clock: Clock = systemClock): Promise<{ endedSessions: number }> {
  const person = authorizeSelf(actor);
  const now = clock();
  const count = await transaction(async (tx) => {
    // So that none is being opened, or replaced by a change of password, while they are ended.
    await lockRows(tx, { User: toChange(person.userId) });
    const others = { userId: person.userId, endedAt: null, expiresAt: { gt: now }, id: { not: person.sessionId } };
    return (await tx.session.updateMany({ where: others, data: { endedAt: now } })).count;
  });
  await recordSecurityEvent({ action: "session.ended", by: byActor(person), on: person.email });
  return { endedSessions: count };
}
