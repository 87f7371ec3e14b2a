import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

/** A log file grows to this, then becomes `<name>.1`, and the one before is dropped. */
const BYTES_MAX = 10 * 1024 * 1024;

/** What a child writes, in a file of bounded size, 0600. */
export class LogFile {
  readonly path: string;
  #file: number;
  #bytes: number;
  #lastLine = "";

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, "a", 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  write(chunk: Buffer): void {
    if (this.#bytes > BYTES_MAX) {
      closeSync(this.#file);
      renameSync(this.path, `${this.path}.1`);
      this.#file = openSync(this.path, "a", 0o600);
      this.#bytes = 0;
    }
    this.#bytes += writeSync(this.#file, chunk);
    const lines = chunk
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
    // An error's first line tells more than the end of its stack.
    this.#lastLine = lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? this.#lastLine;
  }

  /** The line that most likely says why a child ended. */
  get lastLine(): string {
    return this.#lastLine.trim().slice(0, 300);
  }

  close(): void {
    closeSync(this.#file);
  }
}
