import { log } from "#lib/log.ts";
import { indexMissing } from "./index-api.ts";

/** Between two looks when there is nothing to do: an older portal may publish, a provider may be renamed. */
const PAUSE_MS = 15_000;

/** Once a process, also when a bundler makes several copies of this module. */
const holder = globalThis as typeof globalThis & { porticoIndexing?: true };

/**
 * Keeps the words of what is published, for as long as the process lives: a slice after the other while there is work,
 * then a look from time to time. It never keeps the process alive, and never throws.
 */
export function indexInBackground(): void {
  if (holder.porticoIndexing) return;
  holder.porticoIndexing = true;
  void look();
}

async function look(): Promise<void> {
  let indexed = 0;
  try {
    indexed = await indexMissing();
  } catch (error) {
    log.warn({ reason: error instanceof Error ? error.message : "unknown" }, "published APIs not indexed, again later");
  }
  setTimeout(look, indexed > 0 ? 0 : PAUSE_MS).unref();
}
