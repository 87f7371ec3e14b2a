import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { AppError, type FieldError } from "#lib/errors/app-error.ts";
import type { ErrorCode } from "#lib/errors/catalogue.ts";
import type { DefinitionEdit, Finding } from "./compiled.ts";
import type { FormEdit } from "./definition.schema.ts";

export type Job =
  | { kind: "analyse" | "derive" | "form"; source: string }
  | { kind: "edit"; source: string; edits: DefinitionEdit[] }
  | { kind: "form-edit"; source: string; edit: FormEdit };

export type Answer =
  | { ok: true; value: unknown }
  | { ok: false; finding: Finding }
  | { ok: false; code: ErrorCode; detail: string; fields: FieldError[] };

/** Two cores' worth; each may take 512 MB. */
const WORKERS_MAX = 2;
const QUEUE_MAX = 20;
const DEADLINE_MS = 20_000;
const MEMORY_MB = 512;
/** A warm thread answers in milliseconds, a cold one in about half a second; an idle one keeps some 60 MB. */
const IDLE_MS = 60_000;

interface Pool {
  idle: { worker: Worker; timer: NodeJS.Timeout }[];
  busy: number;
  queue: (() => void)[];
}

/** One pool a process, also when a bundler makes several copies of this module. */
const holder = globalThis as typeof globalThis & { porticoDefinitionPool?: Pool };

function pool(): Pool {
  holder.porticoDefinitionPool ??= { idle: [], busy: 0, queue: [] };
  return holder.porticoDefinitionPool;
}

/**
 * Runs a job on a definition away from the event loop: at most 20 s and 512 MB, at most two at once. Errors:
 * DEFINITION_INVALID with line and column when the text is refused, OVERLOADED when too many wait.
 */
export async function runJob<T>(job: Job): Promise<T> {
  const shared = pool();
  if (shared.busy >= WORKERS_MAX) {
    if (shared.queue.length >= QUEUE_MAX) throw new AppError("OVERLOADED");
    // Whoever finishes hands over its place, so that `busy` never exceeds its bound.
    await new Promise<void>((go) => shared.queue.push(go));
  } else {
    shared.busy += 1;
  }
  try {
    const answer = await ask(shared, job);
    if (answer.ok) return answer.value as T;
    throw "finding" in answer ? refused(answer.finding) : new AppError(answer.code, answer);
  } finally {
    const next = shared.queue.shift();
    if (next) next();
    else shared.busy -= 1;
  }
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

function ask(shared: Pool, job: Job): Promise<Answer> {
  const worker = takeWorker(shared);
  worker.ref();
  return new Promise((done, fail) => {
    const stop = (error: AppError) => {
      settle();
      void worker.terminate();
      fail(error);
    };
    const tooMuch = (what: string, cause?: unknown) =>
      new AppError("DEFINITION_INVALID", { detail: `The definition is too complex: checking it ${what}.`, cause });
    const deadline = setTimeout(() => stop(tooMuch("took longer than 20 s")), DEADLINE_MS);
    const onMessage = (answer: Answer) => {
      settle();
      putBack(shared, worker);
      done(answer);
    };
    const onError = (error: Error & { code?: string }) =>
      stop(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? tooMuch("took more than 512 MB", error)
          : new AppError("INTERNAL", { cause: error }),
      );
    const onExit = () => stop(new AppError("INTERNAL", { cause: new Error("the definition worker ended") }));
    const settle = () => {
      clearTimeout(deadline);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(job);
  });
}
