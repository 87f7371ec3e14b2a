import type { Actor } from "#lib/access/actor.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { hashPassword, verifyPassword } from "#lib/crypto/password.ts";
import { db, transaction } from "#lib/db/client.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import type { ChangePasswordInput } from "./identity.schema.ts";

/** Changes the person's password and ends every other session of theirs (T28). Field error: `current` when it is wrong. */
export async function changePassword(
  actor: Actor,
  input: ChangePasswordInput,
  clock: Clock = systemClock,
): Promise<{ endedSessions: number }> {
  const person = authorizeSelf(actor);
  const { passwordHash } = await db().user.findUniqueOrThrow({
    where: { id: person.userId },
    select: { passwordHash: true },
  });
  if (!(await verifyPassword(passwordHash, input.current)))
    throw fieldError("current", "This is not your current password.");
  const next = await hashPassword(input.password);
  return transaction(async (tx) => {
    await tx.user.update({ where: { id: person.userId }, data: { passwordHash: next } });
    const { count } = await tx.session.updateMany({
      where: { userId: person.userId, endedAt: null, id: { not: person.sessionId } },
      data: { endedAt: clock() },
    });
    return { endedSessions: count };
  });
}
