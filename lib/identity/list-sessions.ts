import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db } from "#lib/db/client.ts";
import { browserName } from "./browser-name.rules.ts";
import { SESSIONS_MAX } from "./sign-in.ts";

export interface SessionDto {
  id: string;
  /** "Firefox on Linux". */
  browser: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The one that asks. */
  current: boolean;
}

/** The person's open sessions, the one that asks first, then the one used last; SESSIONS_MAX at most, which is all. */
export async function listSessions(actor: Actor, clock: Clock = systemClock): Promise<SessionDto[]> {
  const person = authorizeSelf(actor);
  const rows = await db().session.findMany({
    where: { userId: person.userId, endedAt: null, expiresAt: { gt: clock() } },
    select: { id: true, userAgent: true, createdAt: true, lastSeenAt: true },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    take: SESSIONS_MAX,
  });
  return rows
    .map(({ userAgent, ...row }) => ({ ...row, browser: browserName(userAgent), current: row.id === person.sessionId }))
    .sort((a, b) => Number(b.current) - Number(a.current));
}
