import { type CallRecord, ensureCallRecordPartitions, writeCallRecords } from "#lib/call-record/write-call-records.ts";
import { recordCredentialUse } from "#lib/credential/record-credential-use.ts";
import { log } from "#lib/log.ts";

/** How long a record waits at most; the page that explains a refusal asks soon after the call. */
const FLUSH_MS = 250;
/** Rows of one statement: about 500 KB of JSON. */
const BATCH_MAX = 1_000;
/** Held while the database is away, about 60 MB; then the oldest go, and the loss is counted in the log. */
const HELD_MAX = 100_000;
const PARTITIONS_MS = 3_600_000;

/** Collects call records and writes them in batches, outside every call. */
export class Recorder {
  #held: CallRecord[] = [];
  #lost = 0;
  /** Credentials whose use was noted in this minute. */
  #noted = { minute: 0, ids: new Set<string>() };
  #away = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  readonly #partitions: NodeJS.Timeout;

  constructor() {
    this.#partitions = setInterval(() => this.#ensurePartitions(), PARTITIONS_MS);
    this.#partitions.unref();
    void this.#ensurePartitions();
  }

  /** Notes a call that has ended. Never waits, never throws. */
  add(record: CallRecord): void {
    if (this.#held.length >= HELD_MAX) {
      this.#held.splice(0, BATCH_MAX);
      this.#lost += BATCH_MAX;
    }
    this.#held.push(record);
    if (!this.#timer && !this.#writing) this.#timer = setTimeout(() => this.#start(), FLUSH_MS);
  }

  /** Writes what is held; for the end of the process. Gives up when the database does not take it. */
  async stop(): Promise<void> {
    clearInterval(this.#partitions);
    clearTimeout(this.#timer);
    await this.#writing;
    if (this.#held.length > 0) await this.#write();
    if (this.#held.length > 0) log.error({ lost: this.#held.length }, "call records lost at stop");
  }

  #start(): void {
    this.#timer = undefined;
    this.#writing = this.#write().then(() => {
      this.#writing = undefined;
      if (this.#held.length > 0) this.#timer = setTimeout(() => this.#start(), FLUSH_MS);
    });
  }

  async #write(): Promise<void> {
    while (this.#held.length > 0) {
      const batch = this.#held.slice(0, BATCH_MAX);
      try {
        await writeCallRecords(batch);
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
        if (!this.#away) log.warn({ reason }, "cannot write call records, holding them");
        this.#away = true;
        return;
      }
      this.#forget(batch);
      if (this.#away || this.#lost > 0) log.warn({ lost: this.#lost }, "call records are written again");
      this.#away = false;
      this.#lost = 0;
      await this.#noteUse(batch);
    }
  }

  /** Takes a written batch off; records may have been dropped from the front meanwhile. */
  #forget(batch: readonly CallRecord[]): void {
    const last = batch.at(-1);
    const at = last ? this.#held.lastIndexOf(last, batch.length - 1) : -1;
    if (at >= 0) this.#held.splice(0, at + 1);
  }

  async #noteUse(batch: readonly CallRecord[]): Promise<void> {
    const now = new Date();
    const minute = Math.floor(now.getTime() / 60_000);
    if (minute !== this.#noted.minute) this.#noted = { minute, ids: new Set() };
    const fresh = new Set<string>();
    for (const { credentialId, subscriptionId } of batch) {
      if (credentialId && subscriptionId && !this.#noted.ids.has(credentialId)) fresh.add(credentialId);
    }
    if (fresh.size === 0) return;
    for (const id of fresh) this.#noted.ids.add(id);
    await recordCredentialUse([...fresh], now).catch(() => undefined);
  }

  async #ensurePartitions(): Promise<void> {
    await ensureCallRecordPartitions().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
      log.error({ reason }, "cannot make the partitions of call records");
    });
  }
}
