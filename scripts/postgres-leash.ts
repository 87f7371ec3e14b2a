import { type ChildProcess, spawn } from "node:child_process";

/**
 * Waits for the end of its input, which comes when whoever holds the other end dies, however it dies. Then it ends the
 * process $1 and removes what else it was given. A line before the end says that there is nothing to do any more. Not
 * for ever: a process that nobody reaps still has its number.
 */
const WATCH = `
read -r over && exit 0
kill -QUIT "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
shift
rm -rf -- "$@"
`;

/**
 * Ties a Postgres to this process: it ends at once when this process is gone, also by SIGKILL, and its directories go.
 * A shell of a few hundred KB watches, in a process group of its own, so that what ends us does not end it.
 */
export function leashPostgres(postgres: ChildProcess, directories: string[]): void {
  const watch = spawn("/bin/sh", ["-c", WATCH, "postgres-leash", String(postgres.pid), ...directories], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Somebody ended the watch before.
  watch.stdin.on("error", () => undefined);
  postgres.once("exit", () => watch.stdin.end("over\n"));
  // It does not keep us alive: that we end is what it waits for.
  watch.unref();
  (watch.stdin as typeof watch.stdin & { unref(): void }).unref();
}
