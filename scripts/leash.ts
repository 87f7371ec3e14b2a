/**
 * Loaded into every child (`node --import`): it stops when its parent is gone, so that `kill -9` of scripts/start leaves
 * nothing behind. First as if asked to; whoever still runs ten seconds later is ended.
 *
 * It looks, and does not listen: a listener would keep a child alive that has nothing left to do, and taking the channel
 * out of the count would end a child that waits for a message.
 */
const LOOK_EVERY_MS = 200;
const HARD_STOP_MS = 10_000;

if (process.channel) {
  const look = setInterval(() => {
    if (process.connected) return;
    clearInterval(look);
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MS);
  look.unref();
}

export {};
