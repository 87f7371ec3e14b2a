import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";

/** A file that reaches it is closed, so that what was written back can be removed. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** A folder that was not renewed for so long belongs to nobody. */
const LEASE_MS = 10_000;
const NEWLINE = 10;

interface SpoolFile {
  path: string;
  bytes: number;
  /** Bytes that the reader has written back. */
  written: number;
  /** Its process died while it wrote the last line. */
  torn: boolean;
}

type CountLost = (records: number, why: string) => void;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/**
 * Call records on disk while Postgres does not take them: `root/<process>/<file>`, oldest first by name. A folder is its
 * process's as long as it renews it; of a process that is gone, another takes the files into its own folder by renaming,
 * which one alone can win. Nothing is flushed to the platter at each write: the kernel has it, and a killed process
 * loses nothing; `renew` flushes, for a machine that loses power.
 */
export class Spool {
  readonly #root: string;
  readonly #bytesMax: number;
  readonly #lost: CountLost;
  #folder: string;
  /** performance.now() of the last renewal; 0 = the folder is not there. */
  #renewedAt = 0;
  #files: SpoolFile[] = [];
  /** The last of `#files`, as long as it is appended to. */
  #open: { handle: FileHandle; file: SpoolFile; dirty: boolean } | undefined;
  #sequence = 0;
  /** What changes files waits for what did before. */
  #turn: Promise<unknown> = Promise.resolve();
  bytes = 0;

  constructor(root: string, bytesMax: number, lost: CountLost) {
    this.#root = root;
    this.#bytesMax = bytesMax;
    this.#lost = lost;
    this.#folder = join(root, newId());
  }

  get empty(): boolean {
    return this.#files.length === 0;
  }

  /** Appends rows. Throws when the disk does not take them; then none of them is in the spool. */
  append(rows: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      await this.#keepFolder();
      while (this.bytes + rows.length > this.#bytesMax && this.#files.length > 0) await this.#dropOldest();
      const current = this.#open ?? (await this.#create());
      const { file, handle } = current;
      try {
        for (let at = 0; at < rows.length; ) {
          at += (await handle.write(rows, at, rows.length - at, file.bytes + at)).bytesWritten;
        }
      } catch (error) {
        // Half a line would be in the way of what is appended next.
        await handle.truncate(file.bytes).catch(() => this.#close());
        throw error;
      }
      current.dirty = true;
      file.bytes += rows.length;
      this.bytes += rows.length;
      if (file.bytes >= FILE_BYTES_MAX) await this.#close();
    });
  }

  /** The whole lines of the oldest file. */
  read(): Promise<{ file: SpoolFile; rows: Buffer } | undefined> {
    return this.#inTurn(async () => {
      for (;;) {
        const file = this.#files[0];
        if (!file) return undefined;
        if (this.#open?.file === file) await this.#close();
        try {
          const bytes = await readFile(file.path);
          const end = bytes.lastIndexOf(NEWLINE) + 1;
          file.torn = end < bytes.length;
          return { file, rows: bytes.subarray(0, end) };
        } catch (error) {
          // Another process took it, or it cannot be read: it stays where it is, and is in the way of no other.
          if (!hasCode(error, "ENOENT")) log.error({ file: file.path }, "cannot read call records on disk");
          this.#forget(file);
        }
      }
    });
  }

  /** Removes a file whose rows are written. */
  remove(file: SpoolFile): Promise<void> {
    return this.#inTurn(async () => {
      await rm(file.path, { force: true });
      this.#forget(file);
      if (file.torn) this.#lost(1, "torn by the end of a process");
      if (this.#files.length > 0) return;
      await rmdir(this.#folder).catch(() => undefined);
      this.#renewedAt = 0;
    });
  }

  /** Takes over the files of processes that are gone. */
  adopt(): Promise<void> {
    return this.#inTurn(async () => {
      for (const name of await readdir(this.#root).catch(() => [])) {
        const folder = join(this.#root, name);
        if (folder === this.#folder) continue;
        const found = await stat(folder).catch(() => undefined);
        if (!found?.isDirectory() || found.mtimeMs > Date.now() - LEASE_MS) continue;
        await this.#keepFolder();
        for (const file of (await readdir(folder)).sort()) await this.#take(folder, file);
        await rmdir(folder).catch(() => undefined);
      }
    });
  }

  /** Once a second while it is not empty: says that this process lives, and flushes what was appended. */
  async renew(): Promise<void> {
    if (this.#renewedAt === 0) return;
    const folder = this.#folder;
    const now = new Date();
    await utimes(folder, now, now);
    // Unless it went meanwhile, or another took its place.
    if (this.#renewedAt > 0 && this.#folder === folder) this.#renewedAt = performance.now();
    if (!this.#open?.dirty) return;
    this.#open.dirty = false;
    await this.#open.handle.datasync();
  }

  /** Leaves the files to whoever comes next, at once. */
  release(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#close();
      if (this.#renewedAt > 0) await utimes(this.#folder, 0, 0);
      this.#renewedAt = 0;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #take(folder: string, name: string): Promise<void> {
    const path = join(this.#folder, name);
    try {
      await rename(join(folder, name), path);
    } catch (error) {
      // Another process was faster.
      if (hasCode(error, "ENOENT")) return;
      throw error;
    }
    const { size } = await stat(path);
    // What we append to stays the last.
    this.#files.splice(this.#files.length - (this.#open ? 1 : 0), 0, { path, bytes: size, written: 0, torn: false });
    this.bytes += size;
  }

  /**
   * A folder that we did not renew in time may be another's by now: what it still holds is taken up again like anybody's,
   * and what comes goes to a new one.
   */
  async #keepFolder(): Promise<void> {
    if (this.#renewedAt > 0 && performance.now() - this.#renewedAt > LEASE_MS / 2) {
      await this.#close();
      this.#files = [];
      this.bytes = 0;
      this.#folder = join(this.#root, newId());
      this.#renewedAt = 0;
    }
    if (this.#renewedAt > 0) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#renewedAt = performance.now();
  }

  async #create() {
    this.#sequence += 1;
    // Sorts by time, and is nobody else's name.
    const name = `${Date.now()}-${String(this.#sequence).padStart(6, "0")}-${this.#folder.slice(-12)}.tsv`;
    const file = { path: join(this.#folder, name), bytes: 0, written: 0, torn: false };
    this.#open = { handle: await open(file.path, "wx", 0o600), file, dirty: false };
    this.#files.push(file);
    return this.#open;
  }

  async #close(): Promise<void> {
    const closing = this.#open;
    this.#open = undefined;
    if (!closing) return;
    if (closing.dirty) await closing.handle.datasync().catch(() => undefined);
    await closing.handle.close().catch(() => undefined);
  }

  async #dropOldest(): Promise<void> {
    const file = this.#files[0];
    if (!file) return;
    if (this.#open?.file === file) await this.#close();
    const records = countLines(await readFile(file.path).catch(() => Buffer.alloc(0)));
    await rm(file.path, { force: true });
    this.#forget(file);
    this.#lost(records, "the spool is full");
  }

  #forget(file: SpoolFile): void {
    const at = this.#files.indexOf(file);
    if (at < 0) return;
    this.#files.splice(at, 1);
    this.bytes -= file.bytes;
  }
}
