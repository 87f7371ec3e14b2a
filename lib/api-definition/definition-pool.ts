import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import type { Actor } from "#lib/access/actor.ts";
import { AppError, type FieldError } from "#lib/errors/app-error.ts";
import type { ErrorCode } from "#lib/errors/catalogue.ts";
import type { DefinitionEdit, Finding } from "./compiled.ts";
import type { FormEdit } from "./definition.schema.ts";

export type Job =
  | { kind: "analyse" | "derive" | "form"; source: string }
  | { kind: "edit"; source: string; edits: DefinitionEdit[] }
  | { kind: "form-edit"; source: string; edit: FormEdit }
  | { kind: "form-edits"; source: string; edits: readonly FormEdit[] }
  | { kind: "preview"; source: string; edits: readonly FormEdit[] };

export type Answer =
  | { ok: true; value: unknown }
  | { ok: false; finding: Finding }
  | { ok: false; code: ErrorCode; detail: string; fields: FieldError[] };

/** Whose job it is, and what ends it before it is done. */
export interface JobOwner {
  /** Left out: the installation itself, which works in the background. */
  by?: Actor;
  /** Of the request: a client that has gone waits for nothing. */
  signal?: AbortSignal;
}

/** Two cores' worth; each may take 512 MB. */
const WORKERS_MAX = 2;
const QUEUE_MAX = 60;
const DEADLINE_MS = 20_000;
/** A job whose client has gone may end by itself within this time: a new thread costs more than most jobs. */
const GRACE_MS = 500;
const MEMORY_MB = 512;
/** A warm thread answers in milliseconds, a cold one in about half a second; an idle one keeps some 60 MB. */
const IDLE_MS = 60_000;

/** What one owner may have at once. A person keeps one worker busy, so that the other is there for everybody else. */
interface Share {
  running: number;
  waiting: number;
}
const OF_A_PERSON: Share = { running: 1, waiting: 4 };
const OF_THE_INSTALLATION: Share = { running: WORKERS_MAX, waiting: 20 };

interface Waiting {
  owner: string;
  go: () => void;
}

interface Pool {
  idle: { worker: Worker; timer: NodeJS.Timeout }[];
  busy: number;
  queue: Waiting[];
  /** By owner, as long as they have a job: how many run, and which start was their last. */
  owners: Map<string, { running: number; served: number }>;
  starts: number;
}

/** One pool a process, also when a bundler makes several copies of this module. */
const holder = globalThis as typeof globalThis & { porticoDefinitionPool?: Pool };

function pool(): Pool {
  holder.porticoDefinitionPool ??= { idle: [], busy: 0, queue: [], owners: new Map(), starts: 0 };
  return holder.porticoDefinitionPool;
}

const INSTALLATION = "installation";
const ownerOf = (actor: Actor | undefined): string => (actor?.kind === "user" ? actor.userId : INSTALLATION);
const shareOf = (owner: string): Share => (owner === INSTALLATION ? OF_THE_INSTALLATION : OF_A_PERSON);

const mayRun = (shared: Pool, owner: string): boolean =>
  shared.busy < WORKERS_MAX && (shared.owners.get(owner)?.running ?? 0) < shareOf(owner).running;

/**
 * Runs a job on a definition away from the event loop: at most 20 s and 512 MB, two at once, one of a person. Those who
 * wait are served in turn of their owners. Errors: DEFINITION_INVALID with line and column when the text is refused,
 * OVERLOADED when too many wait, or when the client has gone.
 */
export async function runJob<T>(job: Job, { by, signal }: JobOwner = {}): Promise<T> {
  const shared = pool();
  const owner = ownerOf(by);
  if (signal?.aborted) throw gone();
  if (mayRun(shared, owner)) start(shared, owner);
  else await turn(shared, owner, signal);
  const { answer, ended } = ask(shared, job, signal);
  void ended.then(() => finish(shared, owner));
  const answered = await answer;
  if (answered.ok) return answered.value as T;
  throw "finding" in answered ? refused(answered.finding) : new AppError(answered.code, answered);
}

const gone = (): AppError => new AppError("OVERLOADED", { detail: "Whoever asked for this has gone." });

function start(shared: Pool, owner: string): void {
  shared.busy += 1;
  shared.starts += 1;
  shared.owners.set(owner, { running: (shared.owners.get(owner)?.running ?? 0) + 1, served: shared.starts });
}

/** Waits for a place, which `finish` has taken when this returns. */
function turn(shared: Pool, owner: string, signal: AbortSignal | undefined): Promise<void> {
  const own = shared.queue.filter((waiting) => waiting.owner === owner).length;
  if (shared.queue.length >= QUEUE_MAX || own >= shareOf(owner).waiting) throw new AppError("OVERLOADED");
  return new Promise((go, fail) => {
    const leave = () => {
      shared.queue = shared.queue.filter((waiting) => waiting !== entry);
      fail(gone());
    };
    const entry = {
      owner,
      go: () => {
        signal?.removeEventListener("abort", leave);
        go();
      },
    };
    signal?.addEventListener("abort", leave, { once: true });
    shared.queue.push(entry);
  });
}

/** Gives the place of a job to whoever waits and was served longest ago. */
function finish(shared: Pool, owner: string): void {
  shared.busy -= 1;
  const own = shared.owners.get(owner);
  if (own) own.running -= 1;
  for (;;) {
    const served = (waiting: Waiting) => shared.owners.get(waiting.owner)?.served ?? 0;
    const [next] = shared.queue
      .filter((waiting) => mayRun(shared, waiting.owner))
      .sort((a, b) => served(a) - served(b));
    if (!next) break;
    shared.queue = shared.queue.filter((waiting) => waiting !== next);
    start(shared, next.owner);
    next.go();
  }
  const idle = own?.running === 0 && !shared.queue.some((waiting) => waiting.owner === owner);
  if (idle) shared.owners.delete(owner);
}

/** The public error of a refused text. */
export function refused({ message, line, column }: Finding): AppError {
  return new AppError("DEFINITION_INVALID", {
    detail: message,
    fields: [{ field: "source", message: `Line ${line}, column ${column}: ${message}` }],
  });
}

function takeWorker(shared: Pool): Worker {
  const warm = shared.idle.pop();
  if (warm) {
    clearTimeout(warm.timer);
    return warm.worker;
  }
  // From the working directory, because a bundler moves this module; by getBuiltinModule, because a bundler that
  // recognises the constructor makes a second copy of the worker and of all that it imports.
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const worker = new Worker(join(process.cwd(), "lib", "api-definition", "definition-worker.ts"), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  // A thread that dies while nobody waits for it would otherwise take the process with it.
  worker.on("error", () => {});
  worker.on("exit", () => {
    shared.idle = shared.idle.filter((entry) => entry.worker !== worker);
  });
  return worker;
}

function putBack(shared: Pool, worker: Worker): void {
  worker.unref();
  const timer = setTimeout(() => {
    shared.idle = shared.idle.filter((entry) => entry.worker !== worker);
    void worker.terminate();
  }, IDLE_MS).unref();
  shared.idle.push({ worker, timer });
}

/** `answer` is given up when the client goes; `ended` says that the worker is free again, or gone. Never rejects: `ended`. */
function ask(
  shared: Pool,
  job: Job,
  signal: AbortSignal | undefined,
): { answer: Promise<Answer>; ended: Promise<void> } {
  const worker = takeWorker(shared);
  worker.ref();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const answer = new Promise<Answer>((done, fail) => {
    const stop = (error: AppError) => {
      settle();
      void worker.terminate().then(() => end());
      fail(error);
    };
    const tooMuch = (what: string, cause?: unknown) =>
      new AppError("DEFINITION_INVALID", { detail: `The definition is too complex: checking it ${what}.`, cause });
    let deadline = setTimeout(() => stop(tooMuch("took longer than 20 s")), DEADLINE_MS);
    const onMessage = (given: Answer) => {
      settle();
      putBack(shared, worker);
      end();
      done(given);
    };
    const onError = (error: Error & { code?: string }) =>
      stop(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? tooMuch("took more than 512 MB", error)
          : new AppError("INTERNAL", { cause: error }),
      );
    const onExit = () => stop(new AppError("INTERNAL", { cause: new Error("the definition worker ended") }));
    const onAbort = () => {
      fail(gone());
      clearTimeout(deadline);
      deadline = setTimeout(() => stop(gone()), GRACE_MS);
    };
    const settle = () => {
      clearTimeout(deadline);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      signal?.removeEventListener("abort", onAbort);
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    signal?.addEventListener("abort", onAbort, { once: true });
    worker.postMessage(job);
  });
  return { answer, ended };
}
