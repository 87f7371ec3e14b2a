import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { byActor, recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { db, transaction } from "#lib/db/client.ts";
import { AppError, fieldError } from "#lib/errors/app-error.ts";
import { type Budget, forgetAttempts, takeAttempt } from "./attempts.ts";
import type { ChangePasswordInput } from "./identity.schema.ts";
import { passwordWeakness } from "./password-strength.ts";
import { isStillPassword, openSession } from "./sign-in.ts";

/** Wrong current passwords of one person: whoever holds a cookie must not find the password with it. */
const BUDGET: Budget = { name: "password", max: 10, windowSeconds: 15 * 60 };

/** New passwords of one person: to tell how strong one is takes up to a tenth of a second of the portal's one thread. */
const NEW_BUDGET: Budget = { name: "new-password", max: 60, windowSeconds: 15 * 60 };

/**
 * Changes the person's password and ends every session of theirs; the answer holds the ID of a new one for the browser
 * that asked (T28). `endedSessions` counts the others. Field errors: `current` when it is wrong, or
 * another change came first, `password` when the new one is easy to guess. Throws TOO_MANY_ATTEMPTS, OVERLOADED, and
 * SIGN_IN_REQUIRED when the session was ended meanwhile.
 */
export async function changePassword(
  actor: Actor,
  input: ChangePasswordInput,
  clock: Clock = systemClock,
): Promise<{ endedSessions: number; sessionId: string }> {
  const person = authorizeSelf(actor);
  return withHashing(person.userId, async ({ hash, verify }) => {
    const now = clock();
    if ((await takeAttempt(BUDGET, person.userId, now)) > 0) throw new AppError("TOO_MANY_ATTEMPTS");
    const { passwordHash } = await db().user.findUniqueOrThrow({
      where: { id: person.userId },
      select: { passwordHash: true },
    });
    if (!(await verify(passwordHash, input.current))) {
      await recordSecurityEvent({ action: "password.refused", by: byActor(person), on: person.email });
      throw fieldError("current", "This is not your current password.");
    }
    // The right one ends the count, whatever becomes of the new one: what is weak is no guess.
    await forgetAttempts(BUDGET, person.userId);
    if ((await takeAttempt(NEW_BUDGET, person.userId, now)) > 0) throw new AppError("TOO_MANY_ATTEMPTS");
    const organizations = person.memberships.flatMap((one) => [one.organizationName, one.organizationSlug]);
    const weakness = await passwordWeakness(input.password, [person.name, person.email, ...organizations]);
    if (weakness) throw fieldError("password", weakness);
    const next = await hash(input.password);
    const changed = await transaction(async (tx) => {
      if (!(await isStillPassword(tx, person.userId, passwordHash))) {
        throw fieldError("current", "Your password was changed a moment ago. Sign in with the new one.");
      }
      const open = { userId: person.userId, endedAt: null };
      const own = await tx.session.findFirst({
        where: { id: person.sessionId, userId: person.userId },
        select: { userAgent: true },
      });
      const isOpen = { ...open, id: person.sessionId, expiresAt: { gt: now } };
      const ended = await tx.session.updateMany({ where: isOpen, data: { endedAt: now } });
      // Ended from another browser meanwhile: it must not come back as a new one.
      if (ended.count === 0) throw new AppError("SIGN_IN_REQUIRED");
      await tx.user.update({ where: { id: person.userId }, data: { passwordHash: next } });
      const { count } = await tx.session.updateMany({
        where: { ...open, expiresAt: { gt: now } },
        data: { endedAt: now },
      });
      return { endedSessions: count, sessionId: await openSession(tx, person.userId, now, own?.userAgent) };
    });
    await recordSecurityEvent({ action: "password.changed", by: byActor(person), on: person.email });
    return changed;
  });
}
