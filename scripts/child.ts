import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Failure } from "./failure.ts";
import type { LogFile } from "./log-file.ts";

export const root = join(import.meta.dirname, "..");
/** Arguments of Node for a child that has a channel to us: it stops when we are gone. */
export const leashed = ["--import", join(import.meta.dirname, "leash.ts")];

export interface ChildCommand {
  name: string;
  /** Arguments of Node. */
  args: string[];
  env: NodeJS.ProcessEnv;
  log: LogFile;
}

/**
 * Starts a Node child that stops when we are gone. It has a process group of its own, so that Ctrl-C in a terminal
 * reaches us alone and the order of the stop is ours.
 */
export function startChild({ args, env, log }: ChildCommand): ChildProcess {
  const child = spawn(process.execPath, [...leashed, ...args], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  child.stdout?.on("data", (chunk: Buffer) => log.write(chunk));
  child.stderr?.on("data", (chunk: Buffer) => log.write(chunk));
  return child;
}

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** "exit code 1" or "signal SIGKILL". */
export const endOf = (child: ChildProcess): string =>
  child.signalCode ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`;

/** Asks a child to stop and waits; one that takes longer than `patienceMs` is killed. */
export async function stopChild(child: ChildProcess, patienceMs: number): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await ended;
  clearTimeout(timer);
}

/** Runs a child to its end; throws a Failure when that is not exit code 0. `signal` stops it. */
export async function runChild(command: ChildCommand, signal?: AbortSignal): Promise<void> {
  const child = startChild(command);
  const abort = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  await once(child, "close");
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
  if (child.exitCode !== 0) {
    throw new Failure(
      `${command.name} failed (${endOf(child)}): ${command.log.lastLine || "no output"}; see ${command.log.path}`,
    );
  }
}
