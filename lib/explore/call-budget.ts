import { AppError } from "#lib/errors/app-error.ts";

/** Calls of one person, or of one address without a session, in a minute: enough for hands, too few for a load test. */
const CALLS_MAX = 120;
const WINDOW_MS = 60_000;
/** Callers that are remembered; past it the table starts anew, so that it cannot fill the memory. */
const CALLERS_MAX = 10_000;

const spent = new Map<string, { calls: number; until: number }>();

/** Takes one call from the budget of a caller, or throws TOO_MANY_ATTEMPTS. Counted in this process. */
export function takeCall(caller: string, now = Date.now()): void {
  const known = spent.get(caller);
  if (known && known.until > now) {
    known.calls += 1;
    if (known.calls > CALLS_MAX) {
      const seconds = Math.ceil((known.until - now) / 1000);
      throw new AppError("TOO_MANY_ATTEMPTS", {
        detail: `The console makes ${CALLS_MAX} calls a minute. Next call in ${seconds} s.`,
      });
    }
    return;
  }
  if (spent.size >= CALLERS_MAX) spent.clear();
  spent.set(caller, { calls: 1, until: now + WINDOW_MS });
}
