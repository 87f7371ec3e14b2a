import { recordSecurityEvent } from "#lib/audit/record-security-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { withHashing } from "#lib/crypto/password.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { subjectOf } from "#lib/net/address-subject.ts";
import { cutText } from "#lib/text.schema.ts";
import { type Budget, forgetAttempts, giveBackAttempt, takeAttempt } from "./attempts.ts";
import type { SignInInput } from "./identity.schema.ts";

/** A session ends by itself after this time. */
export const SESSION_DAYS = 14;
/** Of one person; a further one ends the oldest. */
export const SESSIONS_MAX = 20;
/** Ended and expired sessions are kept so long. */
const ENDED_KEPT_DAYS = 30;
const USER_AGENT_MAX = 300;
const WINDOW_SECONDS = 15 * 60;

const WRONG = "The e-mail address or the password is not right.";

/** Where a request to sign in comes from. */
export interface Visitor {
  /** Network address, of `clientAddress`. */
  address: string;
  userAgent?: string;
  /** Of the cookie that the browser already has: it ends with the new one (T28). */
  sessionId?: string | null;
}

/** Wrong passwords of one account from one address, before sign-in pauses; others are not locked out (T31). */
const ofAccount = (): Budget => ({ name: "sign-in", max: env().SIGN_IN_FAILURES_MAX, windowSeconds: WINDOW_SECONDS });
/** Of one address, whatever the account: a list of accounts is no way round. */
const ofAddress = (): Budget => ({
  name: "sign-in-from",
  max: env().ADDRESS_FAILURES_MAX,
  windowSeconds: WINDOW_SECONDS,
});

/**
 * Checks e-mail address and password and opens a session. The same work and the same answer for an unknown address as
 * for a wrong password (T30). Tries are taken before the work, and given back when the password is right. Throws
 * SIGN_IN_REQUIRED, TOO_MANY_ATTEMPTS, OVERLOADED.
 */
export async function signIn(
  input: SignInInput,
  visitor: Visitor,
  clock: Clock = systemClock,
): Promise<{ userId: string; sessionId: string }> {
  const from = subjectOf(visitor.address);
  const account = `${input.email} ${from}`;
  const refused = async (code: "TOO_MANY_ATTEMPTS" | "SIGN_IN_REQUIRED") => {
    const by = { userId: null, name: "Somebody" };
    await recordSecurityEvent({ action: "sign-in.refused", by, on: input.email, from, code });
    return new AppError(code, code === "SIGN_IN_REQUIRED" ? { detail: WRONG } : {});
  };
  return withHashing(from, async ({ verify }) => {
    const now = clock();
    if ((await takeAttempt(ofAddress(), from, now)) > 0) throw await refused("TOO_MANY_ATTEMPTS");
    if ((await takeAttempt(ofAccount(), account, now)) > 0) {
      await giveBackAttempt(ofAddress(), from);
      throw await refused("TOO_MANY_ATTEMPTS");
    }
    const user = await db().user.findUnique({
      where: { email: input.email },
      select: { id: true, name: true, passwordHash: true },
    });
    if (!(await verify(user?.passwordHash, input.password)) || !user) {
      throw await refused("SIGN_IN_REQUIRED");
    }
    const sessionId = await transaction(async (tx) => {
      if (!(await isStillPassword(tx, user.id, user.passwordHash))) return null;
      if (visitor.sessionId) {
        await tx.session.updateMany({ where: { id: visitor.sessionId, endedAt: null }, data: { endedAt: now } });
      }
      return openSession(tx, user.id, now, visitor.userAgent);
    });
    if (sessionId === null) throw await refused("SIGN_IN_REQUIRED");
    await forgetAttempts(ofAccount(), account);
    await giveBackAttempt(ofAddress(), from);
    const by = { userId: user.id, name: user.name };
    await recordSecurityEvent({ action: "session.opened", by, on: input.email, from });
    return { userId: user.id, sessionId };
  });
}

/**
 * Takes the person's row until the end of the transaction; false when the password that was verified before it has been
 * changed since. A hash takes its time, and whoever changes a password wants nobody in with the old one.
 */
export async function isStillPassword(tx: Tx, userId: string, verifiedHash: string): Promise<boolean> {
  await lockRows(tx, { User: toChange(userId) });
  const user = await tx.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
  return user?.passwordHash === verifiedHash;
}

/**
 * A new session of a person, as part of a transaction that has the person's row; its ID is made here, never taken from the client (T28). The list
 * stays short: past SESSIONS_MAX the oldest end, and what ended long ago goes.
 */
export async function openSession(tx: Tx, userId: string, now: Date, userAgent = ""): Promise<string> {
  const id = newId();
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  const kept = new Date(now.getTime() - ENDED_KEPT_DAYS * 86_400_000);
  await tx.session.deleteMany({ where: { userId, OR: [{ endedAt: { lt: kept } }, { expiresAt: { lt: kept } }] } });
  await tx.session.create({
    data: {
      id,
      userId,
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
      userAgent: cutText(userAgent.toWellFormed(), USER_AGENT_MAX),
    },
  });
  const surplus = await tx.session.findMany({
    where: { userId, endedAt: null, expiresAt: { gt: now } },
    select: { id: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: SESSIONS_MAX,
  });
  if (surplus.length > 0) {
    await tx.session.updateMany({ where: { id: { in: surplus.map((row) => row.id) } }, data: { endedAt: now } });
  }
  return id;
}
