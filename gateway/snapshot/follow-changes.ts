import { acknowledgeChanges, type GatewayNode } from "#lib/gateway-feed/gateway-node.ts";
import { readChanges } from "#lib/gateway-feed/read-changes.ts";
import { log } from "#lib/log.ts";
import { applyChanges } from "./load.ts";
import type { Snapshot } from "./snapshot.ts";

/** A notification can be lost; nothing stays unseen for longer than this. */
const POLL_MS = 250;
/** While a change waits for somebody's older transaction to end before it can be acknowledged. */
const POLL_PENDING_MS = 20;
/** `waitUntilLive` takes a gateway for dead after five seconds. */
const HEARTBEAT_MS = 1_000;

/** Keeps a snapshot up to date and tells the portal how far it is. One reading at a time. */
export class ChangeFollower {
  readonly #snapshot: Snapshot;
  readonly #node: GatewayNode;
  /** Every change of a transaction below it has been applied. */
  #horizon: bigint;
  /** Changes above the horizon that were applied already. */
  #ahead = new Set<bigint>();
  #acknowledgedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #away = false;

  /** `horizon`: taken before the snapshot was loaded. */
  constructor(snapshot: Snapshot, node: GatewayNode, horizon: bigint) {
    this.#snapshot = snapshot;
    this.#node = node;
    this.#horizon = horizon;
  }

  /** Reads the feed now, or once more when a reading is under way. Never throws. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#step().then((pauseMs) => {
      this.#running = undefined;
      if (this.#stopped) return;
      if (this.#again) {
        this.#again = false;
        this.wake();
      } else this.#timer = setTimeout(() => this.wake(), pauseMs);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Returns the pause until the next poll. */
  async #step(): Promise<number> {
    try {
      const page = await readChanges(this.#horizon);
      const fresh = page.changes.filter((change) => !this.#ahead.has(change.id));
      if (fresh.length > 0) await applyChanges(this.#snapshot, fresh);
      const waiting = page.changes.filter((change) => change.xid >= page.horizon);
      this.#ahead = new Set(waiting.map((change) => change.id));
      this.#horizon = page.horizon;
      const due = Date.now() - this.#acknowledgedAtMs >= HEARTBEAT_MS;
      if (page.changes.length > 0 || due) {
        await acknowledgeChanges(this.#node, this.#horizon);
        this.#acknowledgedAtMs = Date.now();
      }
      if (this.#away) log.info("the database is back, the snapshot is up to date");
      this.#away = false;
      return waiting.length > 0 ? POLL_PENDING_MS : POLL_MS;
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 300) : "unknown";
      if (!this.#away) log.warn({ reason }, "cannot read changes, serving on with the snapshot as it is");
      this.#away = true;
      return POLL_MS;
    }
  }
}
