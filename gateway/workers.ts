import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readSettings, type Settings } from "#lib/env.ts";
import { heapBounds, heapFlag } from "#lib/heap.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { RestartPause } from "#lib/restart-pause.ts";
import { createAdminServer, listenForAdmin } from "./admin/admin-server.ts";
import type { MetricsJson } from "./admin/families.ts";
import type { Readiness } from "./admin/readiness.ts";

/*
 * The gateway as an operator starts it: `workers.ts --workers N`. With one worker this process is the gateway (main.ts).
 * With more it only starts them, starts again whichever dies, and answers on the admin port for all; the kernel deals out
 * the connections (SO_REUSEPORT). It reads no database and sees no call: docs/decisions/017-processes.md.
 */

const RESTART_PATIENCE = { firstMs: 250, longestMs: 10_000 };
/** A worker that does not answer the admin port by then is left out. */
const ANSWER_MS = 1_000;
/** Beyond the time for draining; then a worker is killed. */
const CLOSE_MS = 10_000;

/**
 * glibc: what is longer than this is returned to the system when it is freed. Left alone it learns from the first long
 * answers of Postgres to keep such pieces, some 30 MB after a start with a million credentials.
 */
const MALLOC = { MALLOC_MMAP_THRESHOLD_: "131072" };

/** What the parent asks a worker; the answer carries the same ID. */
export interface Question {
  type: "readiness" | "metrics";
  id: number;
}

type WorkerReadiness = Readiness & { listening: boolean };
const SILENT: WorkerReadiness = { listening: true, ready: false, reasons: ["it does not answer"], warnings: [] };

/** One line on standard error, then the end: what an operator sees when a start fails. */
function refuseToStart(line: string): never {
  console.error(`gateway: ${line}`);
  process.exit(1);
}

function readOptions(): Settings {
  try {
    const { values } = parseArgs({ options: { workers: { type: "string" } } });
    // For this process and for its children alike.
    if (values.workers !== undefined) process.env.GATEWAY_WORKERS = values.workers;
    return readSettings();
  } catch (error) {
    return refuseToStart(error instanceof Error ? error.message : "the arguments are not valid");
  }
}

/** Starts the workers, keeps them running, and speaks for them. */
class Workers {
  readonly #settings: Settings;
  readonly #running = new Map<number, ChildProcess>();
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  readonly #notReady = new Set<number>();
  /** What all processes of this start have in common (lib/gateway-feed/gateway-node.ts). */
  readonly #run = newId();
  #questions = 0;
  #draining = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  start(): void {
    for (let slot = 1; slot <= this.#settings.GATEWAY_WORKERS; slot += 1) {
      this.#notReady.add(slot);
      this.#launch(slot, false, new RestartPause(RESTART_PATIENCE));
    }
  }

  /** Every worker has the access log open. */
  reopenLogs(): void {
    for (const worker of this.#running.values()) worker.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    const all = [...this.#running.values()];
    const ended = all.map((worker) => new Promise<void>((done) => worker.once("exit", () => done())));
    for (const worker of all) worker.kill("SIGTERM");
    const { GATEWAY_DRAIN_DELAY_SECONDS, GATEWAY_DRAIN_SECONDS } = this.#settings;
    setTimeout(
      () => {
        for (const worker of this.#running.values()) worker.kill("SIGKILL");
      },
      (GATEWAY_DRAIN_DELAY_SECONDS + GATEWAY_DRAIN_SECONDS) * 1000 + CLOSE_MS,
    ).unref();
    await Promise.all(ended);
    process.exit(0);
  }

  /** Ready when some worker is, and none has the listener open that is not. */
  async readiness(): Promise<Readiness & { workers: Record<string, Readiness> }> {
    const workers: Record<string, WorkerReadiness> = {};
    await Promise.all(
      [...this.#running].map(async ([slot, worker]) => {
        const answer = await this.#ask(worker, "readiness");
        workers[slot] = (answer as WorkerReadiness | undefined) ?? SILENT;
      }),
    );
    const all = Object.values(workers);
    const reasons: string[] = [];
    if (this.#draining) reasons.push("draining");
    if (!all.some(({ ready }) => ready)) reasons.push("no worker is ready");
    else if (all.some(({ ready, listening }) => listening && !ready))
      reasons.push("a worker that listens is not ready");
    // What is wrong with all of them is said once.
    const warnings = [...new Set(all.flatMap((one) => one.warnings))];
    return { ready: reasons.length === 0, reasons, warnings, workers };
  }

  async metrics(): Promise<MetricsJson[]> {
    const all = await Promise.all([...this.#running.values()].map((worker) => this.#ask(worker, "metrics")));
    return all.filter((one) => one !== undefined) as MetricsJson[];
  }

  #launch(slot: number, replaces: boolean, pause: RestartPause): void {
    const env = {
      ...process.env,
      ...MALLOC,
      GATEWAY_WORKER: String(slot),
      GATEWAY_RUN: this.#run,
      GATEWAY_WORKER_REPLACES: replaces ? "1" : "",
    };
    // In development one process watches its files, not each of them.
    const inherited = process.execArgv.filter((flag) => !flag.startsWith("--watch"));
    const bounded = inherited.some((flag) => flag.startsWith("--max-old-space-size"));
    const heap = bounded ? [] : heapFlag(heapBounds(this.#settings.GATEWAY_WORKERS).gatewayMb);
    const execArgv = [...inherited, ...heap];
    const worker = fork(join(import.meta.dirname, "main.ts"), { env, execArgv });
    this.#running.set(slot, worker);
    worker.on("message", (message: { type?: string; id?: number; answer?: unknown }) => {
      if (message.type === "ready") this.#noteReady(slot);
      else if (message.id !== undefined) this.#waiting.get(message.id)?.(message.answer);
    });
    worker.once("exit", (code, signal) => {
      this.#running.delete(slot);
      if (this.#draining) return;
      const pauseMs = pause.next(Date.now());
      log.error({ worker: slot, pid: worker.pid, code, signal, pauseMs }, "a worker ended, starting it again");
      setTimeout(() => {
        if (!this.#draining) this.#launch(slot, true, pause);
      }, pauseMs);
    });
  }

  #noteReady(slot: number): void {
    if (!this.#notReady.delete(slot) || this.#notReady.size > 0) return;
    log.info({ workers: this.#settings.GATEWAY_WORKERS }, "all workers are ready");
    process.send?.({ type: "ready" });
  }

  /** undefined: no answer in time. */
  async #ask(worker: ChildProcess, type: Question["type"]): Promise<unknown> {
    if (!worker.connected) return undefined;
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve) => {
      const end = (answer: unknown) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => end(undefined), ANSWER_MS);
      this.#waiting.set(id, end);
      worker.send({ type, id } satisfies Question, (error) => error && end(undefined));
    });
  }
}

/**
 * Workers share the port with whoever asks the kernel to share it, say a second gateway started by mistake. So the port
 * is first opened without sharing, which fails when anybody has it.
 */
function ensurePortFree({ GATEWAY_HOST, GATEWAY_PORT }: Settings): Promise<void> {
  return new Promise((resolve) => {
    const probe = createServer().once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") refuseToStart(`port ${GATEWAY_PORT} is in use; set GATEWAY_PORT to a free one`);
      refuseToStart(`cannot listen on ${GATEWAY_HOST}:${GATEWAY_PORT}: ${error.message}`);
    });
    probe.listen(GATEWAY_PORT, GATEWAY_HOST, () => probe.close(() => resolve()));
  });
}

const settings = readOptions();
if (settings.GATEWAY_WORKERS === 1) await import("./main.ts");
else {
  await ensurePortFree(settings);
  const workers = new Workers(settings);
  const stop = () => void workers.stop();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  if (settings.GATEWAY_ACCESS_LOG !== "off") process.on("SIGHUP", () => workers.reopenLogs());
  // The parent that started us is gone.
  process.on("disconnect", stop);
  if (settings.GATEWAY_ADMIN_PORT > 0) {
    const admin = createAdminServer(workers);
    await listenForAdmin(admin, settings.GATEWAY_ADMIN_HOST, settings.GATEWAY_ADMIN_PORT).catch((error: Error) =>
      refuseToStart(error.message),
    );
  }
  workers.start();
}
