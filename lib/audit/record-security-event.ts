import type { Actor } from "#lib/access/actor.ts";
import { db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { cutText } from "#lib/text.schema.ts";

/** What the installation's administrators read of sign-ins and of what was refused. */
export type SecurityAction =
  | "session.opened"
  | "session.ended"
  | "account.created"
  | "password.changed"
  | "sign-in.refused"
  | "sign-up.refused"
  | "password.refused"
  | "request.refused";

export interface SecurityEvent {
  action: SecurityAction;
  /** Who, as far as it is known. */
  by: { userId: string | null; name: string };
  /** On what: an account's address, or the path of a page. Cut to 300 characters. */
  on: string;
  /** Address block, of `subjectOf`. */
  from?: string | null;
  /** Why, for a refusal: a code of the catalogue. */
  code?: string;
}

/** So many events of one subject and kind are kept within ten minutes, and so many of a kind in all: a flood is no disk. */
const OF_ONE_MAX = 10;
const OF_ALL_MAX = 200;
const WINDOW_MS = 10 * 60_000;
/** Refusals are kept for 90 days (prisma/migrations, delete_ended_refusals); what was done, like every audit event. */
const SWEEP_MS = 3_600_000;
let sweptAtMs = 0;
/** Without a row of its own to point at. */
const NOTHING = "00000000-0000-0000-0000-000000000000";

interface Counts {
  until: number;
  all: Map<SecurityAction, number>;
  one: Map<string, number>;
  leftOut: Map<SecurityAction, number>;
}

/** One table a process, also when a bundler makes several copies of this module. */
const holder = globalThis as typeof globalThis & { porticoSecurityEvents?: Counts };

/** Whether an event is kept. What is left out is counted, and said in one line when the window ends. */
function isKept(event: SecurityEvent, nowMs: number): boolean {
  let counts = holder.porticoSecurityEvents;
  if (!counts || counts.until <= nowMs) {
    for (const [action, count] of counts?.leftOut ?? [])
      log.warn({ event: action, leftOut: count }, "more of the same");
    counts = { until: nowMs + WINDOW_MS, all: new Map(), one: new Map(), leftOut: new Map() };
    holder.porticoSecurityEvents = counts;
  }
  const { action, by, from } = event;
  const subject = `${action} ${by.userId ?? from ?? ""}`;
  const [ofAll, ofOne] = [counts.all.get(action) ?? 0, counts.one.get(subject) ?? 0];
  if (ofAll >= OF_ALL_MAX || ofOne >= OF_ONE_MAX) {
    counts.leftOut.set(action, (counts.leftOut.get(action) ?? 0) + 1);
    return false;
  }
  counts.all.set(action, ofAll + 1);
  counts.one.set(subject, ofOne + 1);
  return true;
}

/** Who acts, for an event. */
export const byActor = (actor: Actor): SecurityEvent["by"] =>
  actor.kind === "user"
    ? { userId: actor.userId, name: actor.name }
    : { userId: null, name: actor.kind === "system" ? actor.name : "Somebody" };

/**
 * Keeps a sign-in, a change of password or a refusal: a row of the installation's audit log and a line of the log,
 * bounded. Never throws and never stands in the way of the answer: what cannot be written is logged. No secret is in it.
 */
export async function recordSecurityEvent(event: SecurityEvent, now = new Date()): Promise<void> {
  if (!isKept(event, now.getTime())) return;
  const { action, by, from, code } = event;
  const on = cutText(event.on.toWellFormed(), 300);
  const isRefusal = action.endsWith(".refused");
  log[isRefusal ? "warn" : "info"]({ event: action, by: by.userId, on, from, code }, isRefusal ? "refused" : "done");
  if (now.getTime() - sweptAtMs > SWEEP_MS) {
    sweptAtMs = now.getTime();
    await db().$executeRaw`select delete_ended_refusals(${now})`.catch((error) =>
      log.error({ error: String(error) }, "ended refusals stay in the audit log until the next hour"),
    );
  }
  try {
    await db().auditEvent.create({
      data: {
        id: newId(),
        organizationId: null,
        actorId: by.userId,
        actorName: by.name,
        action,
        targetType: "security",
        targetId: by.userId ?? NOTHING,
        targetName: on,
        detail: { ...(from && { from }), ...(code && { code }) },
        createdAt: now,
      },
    });
  } catch (error) {
    log.error({ event: action, error: String(error) }, "a security event was not kept");
  }
}
