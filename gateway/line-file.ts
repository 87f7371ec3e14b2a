import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { log } from "#lib/log.ts";

/** How long a disk that took no line is left alone before it is tried again. */
const RETRY_MS = 1_000;
/** What waits for a disk that does not keep up, or takes nothing; beyond it lines are dropped and counted. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** A write that takes longer is told as one that fails. */
const SLOW_MS = 1_000;
const LF = 10;
/** A pipe that nobody reads says so at once: a write that waits would hold a thread, and the end of the process (O_NONBLOCK). */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * A file that several processes append lines to, each whole. After an error, a full disk say, it goes on by itself; when
 * the file was moved away (logrotate), the next lines go to a new one of its name.
 */
export class LineFile {
  /** Lines that were not written. */
  lost = 0;
  readonly #path: string;
  #file: FileHandle | undefined;
  /** No pipe and no device. */
  #isFile = true;
  /** The last try was an error; lines wait for the next. */
  #failed = false;
  /** Since when lines are being written (performance.now()); 0: they are not. */
  #sinceMs = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #mustReopen = false;
  #stopping = false;
  /** Ends a pause early. */
  #wake: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The last try was an error, or goes on for long: lines wait. */
  get failing(): boolean {
    return this.#failed || (this.#sinceMs > 0 && performance.now() - this.#sinceMs > SLOW_MS);
  }

  /** Appends `text`, which ends with a line. Never waits, never throws. */
  add(text: string): void {
    const lines = Buffer.from(text);
    if (this.#waitingBytes + lines.length > WAITING_BYTES_MAX) {
      this.lost += linesIn(lines);
      return;
    }
    this.#waiting.push(lines);
    this.#waitingBytes += lines.length;
    this.#writing ??= this.#writeAll();
  }

  /** The next lines go to what has the file's name by then. */
  reopen(): void {
    this.#mustReopen = true;
    this.#wake?.();
  }

  /** Writes what waits, or tries to once, and closes. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    await this.#writing;
    await this.#close();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = Buffer.concat(this.#waiting.splice(0));
      this.#sinceMs = performance.now();
      const { taken, error } = await this.#append(lines);
      this.#sinceMs = 0;
      this.#waitingBytes -= taken;
      if (this.#failed === (error === undefined)) this.#tell(error);
      if (!error) continue;
      const left = lines.subarray(taken);
      if (this.#stopping) {
        this.lost += linesIn(left);
        this.#waitingBytes -= left.length;
      } else {
        this.#waiting.unshift(left);
        // What is wrong may be the file itself; but what a full pipe holds would go with the last that has it open.
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") await this.#close();
        await this.#pause();
      }
    }
    this.#writing = undefined;
  }

  /** `taken`: bytes at the beginning of `lines` that stand in the file, whole lines. */
  async #append(lines: Buffer): Promise<{ taken: number; error: Error | undefined }> {
    let written = 0;
    try {
      const file = await this.#current();
      try {
        while (written < lines.length) {
          // A pipe takes a line whole or not at all (POSIX, PIPE_BUF), a longer text in part.
          const end = this.#isFile ? lines.length : lines.indexOf(LF, written) + 1;
          written += (await file.write(lines, written, end - written)).bytesWritten;
        }
      } catch (error) {
        const taken = written === 0 ? 0 : lines.lastIndexOf(LF, written - 1) + 1;
        if (this.#isFile) await takeBack(file, lines.subarray(taken, written)).catch(() => undefined);
        return { taken, error: error as Error };
      }
      return { taken: written, error: undefined };
    } catch (error) {
      return { taken: 0, error: error as Error };
    }
  }

  /** The file of this name, which need not be the one that was opened. */
  async #current(): Promise<FileHandle> {
    if (this.#file && (this.#mustReopen || !(await this.#isNamed(this.#file)))) await this.#close();
    this.#mustReopen = false;
    if (this.#file) return this.#file;
    this.#file = await open(this.#path, FLAGS, 0o600);
    this.#isFile = (await this.#file.stat()).isFile();
    return this.#file;
  }

  async #isNamed(file: FileHandle): Promise<boolean> {
    const [held, named] = await Promise.all([file.stat(), stat(this.#path).catch(() => undefined)]);
    return held.ino === named?.ino && held.dev === named.dev;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  #pause(): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, RETRY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #tell(error: Error | undefined): void {
    this.#failed = error !== undefined;
    if (error) log.error({ reason: error.message, file: this.#path }, "cannot write the access log");
    else log.info({ lost: this.lost, file: this.#path }, "the access log is written again");
  }
}

/** A line without its end, which a full disk left, is cut off again, unless another process has gone on behind it. */
async function takeBack(file: FileHandle, part: Buffer): Promise<void> {
  if (part.length === 0) return;
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(part.length), 0, part.length, size - part.length);
  if (buffer.equals(part)) await file.truncate(size - part.length);
}

function linesIn(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(LF); at >= 0; at = lines.indexOf(LF, at + 1)) count += 1;
  return count;
}
