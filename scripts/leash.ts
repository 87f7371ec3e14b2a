/**
 * Loaded into every child (`node --import`): it stops when its parent is gone, so that `kill -9` of scripts/start leaves
 * nothing behind. First as if asked to; whoever still runs ten seconds later is ended.
 */
const HARD_STOP_MS = 10_000;

if (process.channel) {
  process.channel.unref();
  process.once("disconnect", () => {
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    process.kill(process.pid, "SIGTERM");
  });
}

export {};
