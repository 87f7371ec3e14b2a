import type { UserActor } from "#lib/access/actor.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db } from "#lib/db/client.ts";

const personSelect = {
  id: true,
  name: true,
  email: true,
  isAdministrator: true,
  memberships: {
    select: {
      role: true,
      organization: { select: { id: true, slug: true, name: true, isProvider: true, isConsumer: true } },
    },
    orderBy: { createdAt: "asc" },
  },
} as const;

interface PersonRow {
  id: string;
  name: string;
  email: string;
  isAdministrator: boolean;
  memberships: {
    role: UserActor["memberships"][number]["role"];
    organization: { id: string; slug: string; name: string; isProvider: boolean; isConsumer: boolean };
  }[];
}

const toActor = (row: PersonRow, sessionId: string): UserActor => ({
  kind: "user",
  userId: row.id,
  sessionId,
  name: row.name,
  email: row.email,
  isAdministrator: row.isAdministrator,
  memberships: row.memberships.map(({ role, organization }) => ({
    role,
    organizationId: organization.id,
    organizationSlug: organization.slug,
    organizationName: organization.name,
    isProvider: organization.isProvider,
    isConsumer: organization.isConsumer,
  })),
});

/** A session's last use is written so often at most. */
const SEEN_MS = 5 * 60_000;

/** The person behind a session that has neither ended nor expired, with today's roles; null otherwise. */
export async function readActor(sessionId: string, clock: Clock = systemClock): Promise<UserActor | null> {
  const session = await db().session.findUnique({
    where: { id: sessionId },
    select: { endedAt: true, expiresAt: true, lastSeenAt: true, user: { select: personSelect } },
  });
  const now = clock();
  if (!session || session.endedAt || session.expiresAt <= now) return null;
  if (now.getTime() - session.lastSeenAt.getTime() > SEEN_MS) {
    await db().session.updateMany({ where: { id: sessionId, endedAt: null }, data: { lastSeenAt: now } });
  }
  return toActor(session.user, sessionId);
}

/** A person as actor without a session: for first-run data and tests, never for a request. */
export async function actorOfUser(userId: string): Promise<UserActor> {
  return toActor(await db().user.findUniqueOrThrow({ where: { id: userId }, select: personSelect }), "");
}
