import { db } from "#lib/db/client.ts";

/** So many tries of one subject within so long, from the first of them. */
export interface Budget {
  /** Begins the subject's name in the table. */
  name: string;
  max: number;
  windowSeconds: number;
}

/** What has ended is swept so often, by each process. */
const SWEEP_MS = 60_000;
let sweptAt = 0;

/**
 * Takes one try from a subject's budget, before the work that it pays for: 0 when it was there, else the seconds until
 * the next (T31). One statement over all processes of the portal, so that tries at the same moment see each other. A
 * refused one writes nothing.
 */
export async function takeAttempt(budget: Budget, subject: string, now: Date): Promise<number> {
  const key = keyOf(budget, subject);
  const endsAt = new Date(now.getTime() + budget.windowSeconds * 1_000);
  await sweep(now);
  const taken = await db().$queryRaw<unknown[]>`
    insert into "Attempt" ("subject", "count", "endsAt") values (${key}, 1, ${endsAt})
    on conflict ("subject") do update set
      "count" = case when "Attempt"."endsAt" <= ${now} then 1 else "Attempt"."count" + 1 end,
      "endsAt" = case when "Attempt"."endsAt" <= ${now} then excluded."endsAt" else "Attempt"."endsAt" end
    where "Attempt"."endsAt" <= ${now} or "Attempt"."count" < ${budget.max}
    returning 1 as "taken"`;
  if (taken.length > 0) return 0;
  const row = await db().attempt.findUnique({ where: { subject: key }, select: { endsAt: true } });
  return Math.max(1, Math.ceil(((row?.endsAt ?? now).getTime() - now.getTime()) / 1_000));
}

/** Gives one try back, for what turned out to be none. */
export async function giveBackAttempt(budget: Budget, subject: string): Promise<void> {
  await db().attempt.updateMany({
    where: { subject: keyOf(budget, subject), count: { gt: 0 } },
    data: { count: { decrement: 1 } },
  });
}

/** Forgets a subject's tries: the right password ends the count of wrong ones. */
export async function forgetAttempts(budget: Budget, subject: string): Promise<void> {
  await db().attempt.deleteMany({ where: { subject: keyOf(budget, subject) } });
}

const keyOf = (budget: Budget, subject: string): string => `${budget.name} ${subject}`;

async function sweep(now: Date): Promise<void> {
  if (Math.abs(Date.now() - sweptAt) < SWEEP_MS) return;
  sweptAt = Date.now();
  await db().attempt.deleteMany({ where: { endsAt: { lte: now } } });
}
