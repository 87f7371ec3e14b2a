import { log } from "#lib/log.ts";
import { type Renewal, renewRevisions } from "./renew-revisions.ts";

/** Between two looks when there is nothing to do: an older portal may publish, an older gateway come or go. */
const PAUSE_MS = 15_000;
/** What could not be tried, say because the machine was busy, is tried again after so long; it holds up nothing behind it. */
const SKIPPED_MS = 10 * 60_000;

/** Once a process, also when a bundler makes several copies of this module. */
const holder = globalThis as typeof globalThis & { porticoRenewal?: true };

/**
 * Keeps what is published as this version compiles it, for as long as the process lives: a slice after the other while
 * there is work, then a look from time to time. It never keeps the process alive, and never throws.
 */
export function renewInBackground(): void {
  if (holder.porticoRenewal) return;
  holder.porticoRenewal = true;
  void look(new Set(), Date.now());
}

async function look(skip: Set<string>, since: number): Promise<void> {
  const mayTry = Date.now() - since < SKIPPED_MS;
  const [skipped, from] = mayTry ? [skip, since] : [new Set<string>(), Date.now()];
  let done: Renewal | null = null;
  try {
    done = await renewRevisions(skipped);
  } catch (error) {
    log.warn(
      { reason: error instanceof Error ? error.message : "unknown" },
      "published APIs not looked at, again later",
    );
  }
  for (const id of done?.left ?? []) skipped.add(id);
  const more = done !== null && done.renewed + done.refused + done.left.length > 0;
  setTimeout(look, more ? 0 : PAUSE_MS, skipped, from).unref();
}
