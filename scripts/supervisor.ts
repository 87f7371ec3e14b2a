import type { ChildProcess } from "node:child_process";
import { type ChildCommand, endOf, hasEnded, startChild, stopChild } from "./child.ts";
import { Failure } from "./failure.ts";

/** A part that ends this often within a minute is not started again. */
const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 60_000;
const READY_PATIENCE_MS = 60_000;
/** How long a part may take to end what it is doing when asked to stop, and the pause before its first restart. */
const PATIENCE = { stopMs: 12_000, firstDelayMs: 250 };

export interface Part extends ChildCommand {
  /** Whether it answers; asked again and again until it does. Absent: the part tells us itself with `{ type: "ready" }`. */
  answers?: () => Promise<boolean>;
  /** How long it may take to end; absent: as the others. */
  stopMs?: number;
}

/** Keeps the parts of the installation running: one that dies is started again, with growing delays. */
export class Supervisor {
  readonly #running = new Map<string, { child: ChildProcess; part: Part }>();
  readonly #onStart: (pid: number) => void;
  readonly #patience: typeof PATIENCE;
  #stopping = false;
  #giveUp: (failure: Failure) => void = () => undefined;
  /** Rejects when a part cannot be kept running. */
  readonly givenUp = new Promise<never>((_, reject) => {
    this.#giveUp = reject;
  });

  /** `onStart` hears of every process that is started, restarts included. */
  constructor(onStart: (pid: number) => void, patience = PATIENCE) {
    this.#onStart = onStart;
    this.#patience = patience;
    this.givenUp.catch(() => undefined);
  }

  /** Starts a part and waits until it is ready. Throws a Failure when it ends before. */
  async start(part: Part): Promise<void> {
    const child = this.#launch(part);
    await ready(part, child);
    this.#watch(part, child, []);
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

  #watch(part: Part, child: ChildProcess, deaths: number[]): void {
    const again = () => {
      if (this.#stopping) return;
      const now = Date.now();
      const recent = [...deaths.filter((at) => at > now - RESTART_WINDOW_MS), now];
      const reason = `${part.name} ended unexpectedly (${endOf(child)})`;
      if (recent.length > RESTARTS_MAX) {
        this.#giveUp(
          new Failure(`${reason}, ${RESTARTS_MAX} restarts within a minute did not help; see ${part.log.path}`),
        );
        return;
      }
      console.error(`${reason}: starting it again; see ${part.log.path}`);
      setTimeout(
        () => {
          if (!this.#stopping) this.#watch(part, this.#launch(part), recent);
        },
        this.#patience.firstDelayMs * 2 ** (recent.length - 1),
      );
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
