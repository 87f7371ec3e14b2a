import { log } from "#lib/log.ts";
import { type Call, CLIENT_GONE } from "./call.ts";
import { LineFile } from "./line-file.ts";

/** How long a line waits at most, and when a batch is written before that. */
const FLUSH_MS = 250;
const BATCH_CHARACTERS = 65_536;
/** What waits for a reader of standard output that does not keep up; beyond it lines are dropped and counted. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** Standard output that takes nothing for longer is told as failing. */
const SLOW_MS = 1_000;
/** How long the end of the process waits for a reader, or a disk, that takes nothing. */
const STOP_MS = 2_000;
/** C1 controls (some terminals obey U+009B) and line separators, which JSON leaves as they are; C0 it escapes itself (T23). */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * One JSON line a call. It holds what the gateway knows, never what the client wrote: the template of the path, no path
 * with its values, no query, no header, no body, and a client ID only once it was found to be one (T24).
 */
export class AccessLog {
  readonly #out: LineFile | StandardOutput;
  #batch = "";
  #timer: NodeJS.Timeout | undefined;

  /** `target`: "stdout", or the path of a file that is appended to. */
  constructor(target: string) {
    this.#out = target === "stdout" ? new StandardOutput() : new LineFile(target);
  }

  /** Lines that were not written. */
  get lost(): number {
    return this.#out.lost;
  }

  /** Lines wait: the last try to write was an error, or goes on for long. */
  get failing(): boolean {
    return this.#out.failing;
  }

  /** Notes a call that has ended. Never waits. */
  add(call: Call): void {
    this.#batch += line(call);
    if (this.#batch.length >= BATCH_CHARACTERS) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), FLUSH_MS);
  }

  /** What comes from now on goes to the file that has the log's name by then (logrotate). */
  reopen(): void {
    this.#write();
    this.#out.reopen();
  }

  /** Writes what waits, for the end of the process; gives up on what nobody takes within two seconds. */
  async stop(): Promise<void> {
    this.#write();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((done) => {
      timer = setTimeout(done, STOP_MS, true);
    });
    if (await Promise.race([this.#out.stop(), late])) log.error("the end of the access log was not written");
    clearTimeout(timer);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = "";
    if (batch !== "") this.#out.add(batch);
  }
}

/** Standard output, which may be a file on a full disk: it is tried again with each batch. */
class StandardOutput {
  lost = 0;
  #failed = false;
  #waiting = 0;
  /** When something was taken last, or began to wait (performance.now()). */
  #takenAtMs = 0;

  get failing(): boolean {
    return this.#failed || (this.#waiting > 0 && performance.now() - this.#takenAtMs > SLOW_MS);
  }

  constructor() {
    // What is wrong is told to each write.
    process.stdout.on("error", () => undefined);
  }

  add(text: string): void {
    const count = text.split("\n").length - 1;
    if (process.stdout.writableLength > WAITING_BYTES_MAX) {
      this.lost += count;
      return;
    }
    if (this.#waiting === 0) this.#takenAtMs = performance.now();
    this.#waiting += 1;
    // A line may have been left without its end.
    process.stdout.write(this.#failed ? `\n${text}` : text, (error) => {
      this.#waiting -= 1;
      this.#takenAtMs = performance.now();
      if (error) this.lost += count;
      if (error && !this.#failed) log.error({ reason: error.message }, "cannot write the access log");
      this.#failed = Boolean(error);
    });
  }

  reopen(): void {
    // It belongs to whoever started us.
  }

  async stop(): Promise<void> {
    await new Promise<void>((done) => process.stdout.write("", () => done()));
  }
}

function line(call: Call): string {
  const { api, credential, req, res } = call;
  const text = JSON.stringify({
    time: new Date(call.startedAtMs).toISOString(),
    requestId: call.requestId,
    client: call.clientAddress,
    method: req.method,
    api: api ? `/${api.place}${api.basePath}` : null,
    path: call.operation?.path ?? null,
    status: res.headersSent ? res.statusCode : CLIENT_GONE,
    code: call.refused?.rendered.code ?? null,
    cause: call.refused?.cause ?? null,
    clientId: credential?.clientId ?? null,
    application: credential?.applicationId ?? null,
    ms: round(call.totalMs),
    backendMs: call.backendMs < 0 ? null : round(call.backendMs),
    requestBytes: call.requestBytes,
    responseBytes: call.responseBytes,
  });
  return `${text.replace(UNSAFE, escapeCharacter)}\n`;
}

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
const round = (ms: number): number => Math.round(ms * 1000) / 1000;
