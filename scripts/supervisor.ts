import type { ChildProcess } from "node:child_process";
import { type RestartPatience, RestartPause } from "#lib/restart-pause.ts";
import { type ChildCommand, endOf, hasEnded, startChild, stopChild } from "./child.ts";
import { Failure } from "./failure.ts";

const READY_PATIENCE_MS = 60_000;

/** How long a part may take to end what it is doing when asked to stop, and the pauses before it is started again. */
interface Patience extends RestartPatience {
  stopMs: number;
}
const PATIENCE: Patience = { stopMs: 12_000, firstMs: 250, longestMs: 30_000 };

export interface Part extends ChildCommand {
  /** Whether it answers; asked again and again until it does. Absent: the part tells us itself with `{ type: "ready" }`. */
  answers?: () => Promise<boolean>;
  /** How long it may take to end; absent: as the others. */
  stopMs?: number;
}

/**
 * Keeps the parts of the installation running: one that dies is started again, with growing pauses and as often as it
 * takes, since the others go on without it.
 */
export class Supervisor {
  readonly #running = new Map<string, { child: ChildProcess; part: Part }>();
  readonly #onStart: (pid: number) => void;
  readonly #patience: Patience;
  #stopping = false;

  /** `onStart` hears of every process that is started, restarts included. */
  constructor(onStart: (pid: number) => void, patience = PATIENCE) {
    this.#onStart = onStart;
    this.#patience = patience;
  }

  /** Starts a part and waits until it is ready. Throws a Failure when it ends before. */
  async start(part: Part): Promise<void> {
    const child = this.#launch(part);
    await ready(part, child);
    this.#watch(part, child, new RestartPause(this.#patience));
  }

  /** Stops every part at once and waits for all. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      [...this.#running.values()].map(({ child, part }) => stopChild(child, part.stopMs ?? this.#patience.stopMs)),
    );
  }

  /** Ends every part without waiting. */
  kill(): void {
    this.#stopping = true;
    for (const { child } of this.#running.values()) child.kill("SIGKILL");
  }

  #launch(part: Part): ChildProcess {
    const child = startChild(part);
    this.#running.set(part.name, { child, part });
    if (child.pid) this.#onStart(child.pid);
    return child;
  }

  #watch(part: Part, child: ChildProcess, pause: RestartPause): void {
    const again = () => {
      if (this.#stopping) return;
      const pauseMs = pause.next(Date.now());
      console.error(
        `${part.name} ended unexpectedly (${endOf(child)}): starting it again in ${pauseMs} ms; see ${part.log.path}`,
      );
      setTimeout(() => {
        if (!this.#stopping) this.#watch(part, this.#launch(part), pause);
      }, pauseMs);
    };
    if (hasEnded(child)) again();
    else child.once("exit", again);
  }
}

/** Waits until a part is ready; at most a minute. */
async function ready(part: Part, child: ChildProcess): Promise<void> {
  let told = false;
  child.on("message", (message: { type?: string }) => {
    if (message?.type === "ready") told = true;
  });
  const deadline = Date.now() + READY_PATIENCE_MS;
  while (!(part.answers ? await part.answers() : told)) {
    if (hasEnded(child)) {
      throw new Failure(
        `${part.name} ended (${endOf(child)}): ${part.log.lastLine || "no output"}; see ${part.log.path}`,
      );
    }
    if (Date.now() > deadline) throw new Failure(`${part.name} is not ready after a minute; see ${part.log.path}`);
    await new Promise((go) => setTimeout(go, 25));
  }
}

/** Whether anything answers HTTP at an address. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
