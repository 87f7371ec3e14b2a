import { type Clock, systemClock } from "#lib/clock.ts";
import { HashQueueFull, verifyPassword } from "#lib/crypto/password.ts";
import { db } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import { type FailureBudget, noteFailure, secondsUntilNextFailure } from "./failures.ts";
import type { SignInInput } from "./identity.schema.ts";

/** A session ends by itself after this time. */
export const SESSION_DAYS = 14;

/** Wrong passwords of one account from one network address, before sign-in pauses; others are not locked out (T31). */
const FAILURES: FailureBudget = { max: 10, windowSeconds: 15 * 60 };

/**
 * Checks e-mail address and password and opens a session. The same work and the same answer for an unknown address as
 * for a wrong password (T30). `address` is the client's network address. Throws SIGN_IN_REQUIRED, TOO_MANY_ATTEMPTS,
 * OVERLOADED.
 */
export async function signIn(
  input: SignInInput,
  address: string,
  clock: Clock = systemClock,
): Promise<{ userId: string; sessionId: string }> {
  const now = clock();
  const subject = `${input.email} ${subjectOf(address)}`;
  if ((await secondsUntilNextFailure(subject, FAILURES, now)) > 0) throw new AppError("TOO_MANY_ATTEMPTS");

  const user = await db().user.findUnique({ where: { email: input.email }, select: { id: true, passwordHash: true } });
  const ok = await verifyPassword(user?.passwordHash, input.password).catch((error) => {
    if (error instanceof HashQueueFull) throw new AppError("OVERLOADED", { cause: error });
    throw error;
  });
  if (!user || !ok) {
    await noteFailure(subject, now);
    throw new AppError("SIGN_IN_REQUIRED", { detail: "The e-mail address or the password is not right." });
  }
  await db().signInFailure.deleteMany({ where: { subject } });
  return { userId: user.id, sessionId: await openSession(user.id, now) };
}

/** A new session of a person; its ID is made here, never taken from the client (T28). */
export async function openSession(userId: string, now: Date): Promise<string> {
  const id = newId();
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  await db().session.create({ data: { id, userId, createdAt: now, lastSeenAt: now, expiresAt } });
  return id;
}
