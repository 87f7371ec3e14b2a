import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Failure, failureLine } from "./failure.ts";
import { type LockFile, takeLock } from "./lock-file.ts";
import { untilEnded } from "./processes.ts";

/** How long what a killed start left behind may take to notice, before it is ended. */
const LEFT_OVER_PATIENCE_MS = 5_000;

/** Makes the data directory and takes its lock; waits for children that a killed start left behind. */
export async function openDataDirectory(dataDir: string): Promise<LockFile> {
  const taken = lock(dataDir);
  if ("heldBy" in taken) {
    throw new Failure(
      `DATA_DIR ${dataDir} is in use by another start (process ${taken.heldBy}): stop that one, or set DATA_DIR`,
    );
  }
  await untilEnded(taken.leftOver, LEFT_OVER_PATIENCE_MS);
  return taken.lock;
}

function lock(dataDir: string) {
  try {
    mkdirSync(join(dataDir, "logs"), { recursive: true, mode: 0o700 });
    // Passable, not listable, for the account that runs Postgres; every file in it is 0600.
    chmodSync(dataDir, 0o711);
    return takeLock(join(dataDir, "lock"));
  } catch (error) {
    throw new Failure(`DATA_DIR ${dataDir} cannot be written: ${failureLine(error)}`);
  }
}
