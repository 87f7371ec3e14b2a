import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { freePort } from "#scripts/embedded-postgres.ts";

/** The process that is measured has core 0 for itself; backend, load and database share the last. */
export const CORE = { measured: "0", others: String(Math.max(0, availableParallelism() - 1)) };

/** Prefix that pins a command to a core. */
export const pinned = (core: string): string[] => ["taskset", "-c", core];

const has = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
};

/** What a run lacks, in words; undefined when all is there. */
export function lacking(): string | undefined {
  const missing = ["nginx", "wrk", "taskset"].filter((program) => !has(program));
  if (!existsSync("/proc/self/stat")) return "needs Linux: CPU time is read from /proc";
  if (missing.length > 0) return `needs ${missing.join(", ")}: apt-get install -y nginx-light wrk util-linux`;
  return undefined;
}

/** "Intel Xeon, 2 cores, Node v24": ratios travel between machines, the figures behind them do not. */
export const machineName = (): string =>
  `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}`;

/** Waits until something accepts connections on a port of loopback. */
async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((done) => {
      socket.once("connect", () => done(true));
      socket.once("error", () => done(false));
    });
    socket.destroy();
    if (open) return;
  }
}

export interface Running {
  port: number;
  /** The process that does the work. */
  process: ChildProcess;
  stop(): Promise<void>;
}

/** An nginx of ours in the foreground, one worker, pinned; `server` is the rest of its http block. */
export async function startNginx(
  directory: string,
  name: string,
  core: string,
  server: (port: number) => string,
): Promise<Running> {
  const port = await freePort();
  const file = join(directory, `${name}.conf`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${directory}/${name}.pid; error_log stderr crit;
     events { worker_connections 1024; }
     http { access_log off; keepalive_requests 1000000000; default_type application/json;
       ${temporary.map((kind) => `${kind}_temp_path ${directory}/${name}-${kind};`).join(" ")}
       ${server(port)} }`,
  );
  const [command = "", ...rest] = pinned(core);
  const child = spawn(command, [...rest, "nginx", "-c", file, "-p", directory], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  await untilOpen(port);
  const stop = async () => {
    child.kill("SIGQUIT");
    await ended;
  };
  return { port, process: child, stop };
}

/** A Node process of ours, pinned; it sends its parent one message when it is ready. */
export async function startNode(
  core: string,
  file: string,
  settings: Record<string, string>,
): Promise<Running & { said: Record<string, unknown> }> {
  const port = await freePort();
  const [command = "", ...rest] = pinned(core);
  const child = spawn(command, [...rest, process.execPath, file], {
    env: { ...process.env, ...settings, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const [said] = (await Promise.race([
    once(child, "message"),
    ended.then(([code]) => Promise.reject(new Error(`${file} ended with ${code} before it was ready`))),
  ])) as [Record<string, unknown>];
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { port, process: child, stop, said };
}

/** USER_HZ: /proc counts CPU time in these (man 5 proc). */
let ticksPerSecond: number | undefined;

/** User and system CPU seconds of a process so far, all its threads. */
export function cpuSeconds(child: ChildProcess): number {
  ticksPerSecond ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // utime and stime are fields 14 and 15; the slice begins with field 3.
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Keeps the processes of a database off the measured core, and behind the clients that share theirs. */
export function moveDatabaseAway(databaseUrl: string): void {
  const { port } = new URL(databaseUrl);
  const command = `for p in $(pgrep -f "postgres.* -p ${port}"); do taskset -acp ${CORE.others} $p; renice -n 10 -p $p; done`;
  execFileSync("sh", ["-c", command], { stdio: "ignore" });
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
