import { type Clock, systemClock } from "#lib/clock.ts";
import { db } from "#lib/db/client.ts";

/** Ends a session for good: whoever holds its cookie is signed out at the next request. */
export async function endSession(sessionId: string, clock: Clock = systemClock): Promise<void> {
  await db().session.updateMany({ where: { id: sessionId, endedAt: null }, data: { endedAt: clock() } });
}
