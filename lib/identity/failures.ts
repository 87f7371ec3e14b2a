import { db } from "#lib/db/client.ts";

/** So many failures of one subject within so long. */
export interface FailureBudget {
  max: number;
  windowSeconds: number;
}

/** Longer than the longest window. */
const KEPT_MINUTES = 60;

/**
 * Seconds until a subject may fail again; 0 while its budget lasts (T31). Counted in the database, over all processes of
 * the portal. Requests at the same moment do not see each other: past `max` go at most those that run together.
 */
export async function secondsUntilNextFailure(subject: string, budget: FailureBudget, now: Date): Promise<number> {
  const since = new Date(now.getTime() - budget.windowSeconds * 1_000);
  const failures = await db().signInFailure.findMany({
    where: { subject, createdAt: { gt: since } },
    select: { createdAt: true },
    orderBy: { createdAt: "desc" },
    take: budget.max,
  });
  const oldest = failures[budget.max - 1];
  if (!oldest) return 0;
  return Math.max(1, Math.ceil((oldest.createdAt.getTime() - since.getTime()) / 1_000));
}

/** Counts a failure of a subject; those that count no more go. */
export async function noteFailure(subject: string, now: Date): Promise<void> {
  await db().signInFailure.create({ data: { subject, createdAt: now } });
  const kept = new Date(now.getTime() - KEPT_MINUTES * 60_000);
  await db().signInFailure.deleteMany({ where: { createdAt: { lt: kept } } });
}
