import type { Call } from "#gateway/call.ts";
import {
  dropExpiredCallRecords,
  ensureCallRecordPartitions,
  indexCallRecordPartitions,
} from "#lib/call-record/call-record-partitions.ts";
import { type WrittenCallRecords, writeCallRecords } from "#lib/call-record/write-call-records.ts";
import { log } from "#lib/log.ts";
import { rollUpUsage } from "#lib/usage/roll-up-usage.ts";
import { CallRows } from "./call-rows.ts";
import { CredentialUses } from "./credential-uses.ts";
import { Spool } from "./spool.ts";
import { isUnauthenticated, UnauthenticatedCalls } from "./unauthenticated-calls.ts";

/** How long a call waits to be sent; the page that explains a refusal asks soon after the call. */
const FLUSH_MS = 250;
/** What Postgres has not acknowledged so long after it was to be sent goes to disk: in all, half a second after the call. */
const LATE_MS = 250;
/** How long counts of calls that did not authenticate wait to be told; `kill -9` loses no more of them. */
const COUNTS_MS = 5_000;
/** Between two tries while Postgres does not take records, and two flushes of the spool to the platter. */
const RETRY_MS = 1_000;
/** How often the records of processes that are gone are looked for. */
const ADOPT_MS = 5_000;
const PARTITIONS_MS = 3_600_000;
/** What a stop waits for Postgres to take what the spool holds; the next process takes the rest. */
const STOP_MS = 5_000;
/** Batches held in memory, 64 MiB, when neither Postgres nor the disk takes records; then the oldest go. */
const HELD_MAX = 256;
/** Kept for reuse; at 10,000 calls a second three or four are full at each flush. */
const FREE_MAX = 4;
/** Bytes of one statement when the spool is written back. */
const PIECE_BYTES = 256 * 1024;
const NEWLINE = 10;

export interface RecorderSettings {
  /** Folder of the spool, shared by the gateways of a machine. */
  spoolFolder: string;
  spoolBytesMax: number;
  /** Days that records are kept. */
  daysKept: number;
  /** Bytes of all records together, above which the oldest days go; null: none. */
  bytesKept?: number | null;
  /** false: the tiers of usage and the indexes are left to other processes. */
  rollsUp?: boolean;
  /** Batches in memory; HELD_MAX without it. */
  heldMax?: number;
  /** LATE_MS without it. */
  lateMs?: number;
  /** STOP_MS without it. */
  stopMs?: number;
}

/** Plain numbers for the metrics page. */
export interface RecorderStats {
  /** Records in memory now. */
  held: number;
  /** Records put to disk, because Postgres was away or late. */
  spilled: number;
  /** Bytes on disk now. */
  spooledBytes: number;
  /** Records that Postgres acknowledged, among them those of the spool. */
  written: number;
  /** Records dropped for want of room, or that could not be stored. */
  lost: number;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 300) : "unknown");

/**
 * Collects call records and writes them in batches, outside every call. Postgres gets them directly as long as it is in
 * time. What it does not acknowledge in time goes to the spool, and everything that follows too, until all of the spool
 * is written back. A row that is sent twice on the way is stored once (lib/call-record).
 */
export class Recorder {
  readonly stats: RecorderStats = { held: 0, spilled: 0, spooledBytes: 0, written: 0, lost: 0 };
  readonly #settings: RecorderSettings;
  readonly #spool: Spool;
  readonly #uses = new CredentialUses();
  #rows = new CallRows();
  /** Full or due, oldest first; what is sent or spilled just now stays the first until it is done. */
  #closed: CallRows[] = [];
  #free: CallRows[] = [];
  /** false: Postgres was late or away, and the spool comes first. */
  #direct = true;
  /** performance.now() of the moment since which it is true. */
  #directSince = 0;
  #diskTakes = true;
  /** Not yet logged, by reason. */
  readonly #losses = new Map<string, number>();
  readonly #unauthenticated = new UnauthenticatedCalls();
  #flushTimer: NodeJS.Timeout | undefined;
  #countsTimer: NodeJS.Timeout | undefined;
  readonly #background = new AbortController();
  #retryTimer: NodeJS.Timeout | undefined;
  #passing: Promise<void> | undefined;
  #returning: Promise<void> | undefined;
  #stopping = false;
  readonly #timers: NodeJS.Timeout[];

  constructor(settings: RecorderSettings) {
    this.#settings = settings;
    this.#spool = new Spool(settings.spoolFolder, settings.spoolBytesMax, (records, why) => this.#lose(records, why));
    this.#timers = [
      setInterval(() => this.#keepPartitions(), PARTITIONS_MS),
      setInterval(() => this.#adopt(), ADOPT_MS),
      setInterval(() => this.#spool.renew().catch(() => undefined), RETRY_MS),
      setInterval(() => this.#logLosses(), RETRY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
    void this.#keepPartitions();
    void this.#adopt();
  }

  /** Notes a call that has ended. Never waits, never throws. */
  add(call: Call): void {
    const isStranger = isUnauthenticated(call);
    if (isStranger) {
      this.#countsTimer ??= setTimeout(() => this.#tellCounts(), COUNTS_MS);
      if (!this.#unauthenticated.note(call)) return;
    }
    if (!this.#rows.add(call, isStranger)) {
      this.#close();
      if (!this.#rows.add(call, isStranger)) {
        this.#lose(1, "longer than a batch");
        return;
      }
    }
    this.stats.held += 1;
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Brings what is held to Postgres, or to disk for the next process; for the end of the process. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of [...this.#timers, this.#flushTimer, this.#countsTimer, this.#retryTimer]) clearTimeout(timer);
    this.#background.abort();
    this.#tellCounts();
    this.#flush();
    await this.#passing;
    if (!this.#direct || !this.#spool.empty) {
      await Promise.race([
        this.#giveBack(),
        new Promise((go) => setTimeout(go, this.#settings.stopMs ?? STOP_MS).unref()),
      ]);
    }
    await this.#uses.tell();
    await this.#spool.release().catch(() => undefined);
    if (this.stats.held > 0) this.#lose(this.stats.held, "the process ends");
    this.#logLosses();
  }

  #tellCounts(): void {
    this.#countsTimer = undefined;
    for (const row of this.#unauthenticated.rows(Date.now())) {
      if (this.#rows.addCounts(row)) continue;
      this.#close();
      this.#rows.addCounts(row);
    }
    if (!this.#stopping && !this.#rows.isEmpty) this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    this.#flushTimer = undefined;
    if (!this.#rows.isEmpty) this.#close();
    else void this.#pass();
  }

  #close(): void {
    const rows = this.#rows;
    rows.closedAt = performance.now();
    this.#rows = this.#free.pop() ?? new CallRows();
    this.#closed.push(rows);
    if (this.#closed.length > (this.#settings.heldMax ?? HELD_MAX)) {
      // The first may be on its way.
      const [dropped] = this.#closed.splice(1, 1);
      if (dropped) {
        this.stats.held -= dropped.count;
        this.#lose(dropped.count, "no room in memory");
      }
    }
    void this.#pass();
  }

  /** Passes on what is closed, to Postgres or to disk, one at a time. */
  #pass(): Promise<void> {
    this.#passing ??= this.#passAll().finally(() => {
      this.#passing = undefined;
    });
    return this.#passing;
  }

  async #passAll(): Promise<void> {
    for (let rows = this.#closed[0]; rows; rows = this.#closed[0]) {
      const sent = this.#direct && (await this.#sendInTime(rows));
      if (!sent && !(await this.#spill(rows))) return;
      this.#closed.shift();
      this.stats.held -= rows.count;
      // Only what was acknowledged: anything else may still be read, on its late way.
      if (sent && this.#free.length < FREE_MAX) {
        rows.clear();
        this.#free.push(rows);
      }
    }
  }

  /** False when the acknowledgement did not come in time; it may come later, and the rows may be stored. */
  async #sendInTime(rows: CallRows): Promise<boolean> {
    const sent = writeCallRecords(rows.bytes, this.#settings.daysKept).catch((error) => {
      log.warn({ reason: reasonOf(error) }, "cannot write call records, keeping them on disk");
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((go) => {
      // Without a disk there is nothing else to do than to wait.
      if (!this.#diskTakes) return;
      const from = Math.max(rows.closedAt, this.#directSince);
      timer = setTimeout(
        () => go(undefined),
        Math.max(0, from + (this.#settings.lateMs ?? LATE_MS) - performance.now()),
      );
    });
    const written = await Promise.race([sent, late]);
    clearTimeout(timer);
    if (written) this.#count(written);
    else this.#direct = false;
    return written !== undefined;
  }

  async #spill(rows: CallRows): Promise<boolean> {
    this.#retryLater();
    try {
      await this.#spool.append(rows.bytes);
    } catch (error) {
      if (this.#diskTakes) log.error({ reason: reasonOf(error) }, "cannot keep call records on disk, holding them");
      this.#diskTakes = false;
      return false;
    }
    this.#diskTakes = true;
    this.stats.spilled += rows.count;
    this.stats.spooledBytes = this.#spool.bytes;
    return true;
  }

  #retryLater(): void {
    if (this.#stopping) return;
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      void this.#giveBack();
    }, RETRY_MS);
  }

  /** Writes what the spool holds, then lets records go directly again. */
  #giveBack(): Promise<void> {
    this.#returning ??= this.#giveBackAll()
      .catch(() => this.#retryLater())
      .finally(() => {
        this.#returning = undefined;
        this.stats.spooledBytes = this.#spool.bytes;
      });
    return this.#returning;
  }

  async #giveBackAll(): Promise<void> {
    for (let next = await this.#spool.read(); next; next = await this.#spool.read()) {
      const { file, rows } = next;
      while (file.written < rows.length) {
        const piece = wholeLines(rows, file.written);
        this.#count(await writeCallRecords(piece, this.#settings.daysKept));
        file.written += piece.length;
      }
      await this.#spool.remove(file);
    }
    if (!this.#direct) log.info({ spilled: this.stats.spilled }, "call records go to the database again");
    this.#direct = true;
    this.#directSince = performance.now();
    await this.#pass();
  }

  async #adopt(): Promise<void> {
    try {
      await this.#spool.adopt();
    } catch (error) {
      log.error({ reason: reasonOf(error) }, "cannot take over call records on disk");
    }
    if (!this.#spool.empty && !this.#stopping) await this.#giveBack();
  }

  #count({ written, refused, uses }: WrittenCallRecords): void {
    this.stats.written += written;
    if (refused > 0) this.#lose(refused, "cannot be stored");
    this.#uses.note(uses);
    void this.#uses.tell();
  }

  #lose(records: number, why: string): void {
    this.stats.lost += records;
    this.#losses.set(why, (this.#losses.get(why) ?? 0) + records);
  }

  #logLosses(): void {
    for (const [why, lost] of this.#losses) log.error({ lost, why }, "call records lost");
    this.#losses.clear();
  }

  async #keepPartitions(): Promise<void> {
    try {
      await ensureCallRecordPartitions();
      const dropped = await dropExpiredCallRecords(this.#settings.daysKept, this.#settings.bytesKept ?? null);
      if (dropped.length > 0) log.info({ dropped }, "call records dropped after their time");
    } catch (error) {
      log.error({ reason: reasonOf(error) }, "cannot keep the partitions of call records");
    }
    const { signal } = this.#background;
    if (signal.aborted || this.#settings.rollsUp === false) return;
    try {
      const made = await rollUpUsage(this.#settings.daysKept, { signal });
      if (made) log.info(made, "usage rolled up");
      const indexed = await indexCallRecordPartitions(signal);
      if (indexed.length > 0) log.info({ indexed }, "call records indexed by API");
    } catch (error) {
      if (!signal.aborted) log.error({ reason: reasonOf(error) }, "cannot roll up usage");
    }
  }
}

/** A piece of whole lines from an offset; a line is never longer than a batch. */
function wholeLines(rows: Buffer, from: number): Buffer {
  const end = rows.length - from > PIECE_BYTES ? rows.lastIndexOf(NEWLINE, from + PIECE_BYTES) + 1 : rows.length;
  return rows.subarray(from, end > from ? end : rows.length);
}
