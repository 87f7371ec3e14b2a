import type { Gateway } from "#gateway/call.ts";
import { keyFaults } from "#lib/crypto/keys-of-rows.ts";
import { readKeysOfRows } from "#lib/db/read-keys-of-rows.ts";
import { acknowledgeChanges, type GatewayNode, sweepGatewayNodes } from "#lib/gateway-feed/gateway-node.ts";
import { pruneChanges } from "#lib/gateway-feed/prune-changes.ts";
import { readChanges, readHorizon } from "#lib/gateway-feed/read-changes.ts";
import { log } from "#lib/log.ts";
import { applyChanges, loadAll } from "./load.ts";
import { returnMemory } from "./return-memory.ts";
import { Snapshot } from "./snapshot.ts";

/** A notification can be lost; nothing stays unseen for longer than this. */
const POLL_MS = 250;
/** While a change waits for somebody's older transaction to end before it can be acknowledged. */
const POLL_PENDING_MS = 20;
/** `waitUntilLive` takes a gateway for silent after five seconds. */
const HEARTBEAT_MS = 1_000;
/** Between two tries to load everything while the database is away. */
const RETRY_MS = 1_000;
/** Of more changes at once, say after hours without the database, loading everything is the shorter way. */
const CHANGES_MAX = 20_000;
const SWEEP_MS = 10_000;
const PRUNE_MS = 3_600_000;

/** A snapshot and how far the feed has been read into it. */
interface Reading {
  snapshot: Snapshot;
  /** Every change of a transaction below it has been applied. */
  horizon: bigint;
  /** Changes above the horizon that were applied already. */
  ahead: Set<bigint>;
}

/** Loads the gateway's snapshot, keeps it up to date and tells the portal how far it is. One reading at a time. */
export class ChangeFollower {
  readonly #gateway: Gateway;
  readonly #node: GatewayNode;
  /** 0: never. */
  readonly #staleSeconds: number;
  #reading: Reading | undefined;
  #acknowledgedAtMs = 0;
  #sweptAtMs = 0;
  // Gateways that start together need not prune together.
  #prunedAtMs = Date.now() - Math.random() * PRUNE_MS;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #away = false;

  constructor(gateway: Gateway, node: GatewayNode, staleSeconds: number) {
    this.#gateway = gateway;
    this.#node = node;
    this.#staleSeconds = staleSeconds;
  }

  /** Loads everything and goes on from there; tries until the database answers. False when it was stopped meanwhile. */
  async start(): Promise<boolean> {
    while (!this.#stopped) {
      try {
        const reading = await this.#load();
        returnMemory();
        // The portal knows of this gateway from here on; what it did not wait for is read now.
        await this.#acknowledge(reading);
        await this.#read(reading);
        this.#swap(reading);
        this.#timer = setTimeout(() => this.wake(), 0);
        return true;
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, "cannot load the snapshot");
        await new Promise((go) => setTimeout(go, RETRY_MS));
      }
    }
    return false;
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
    const reading = this.#reading;
    if (!reading) return POLL_MS;
    try {
      const read = await this.#read(reading);
      if (read === "incomplete") {
        log.warn("the feed does not reach back to where reading stopped, loading everything");
        this.#swap(await this.#load());
        return 0;
      }
      const now = Date.now();
      if (read > 0 || now - this.#acknowledgedAtMs >= HEARTBEAT_MS) await this.#acknowledge(reading);
      await this.#tidy(now);
      if (this.#away) log.info("the database is back, the snapshot is up to date");
      this.#away = false;
      return reading.ahead.size > 0 ? POLL_PENDING_MS : POLL_MS;
    } catch (error) {
      if (!this.#away) {
        log.warn({ reason: reasonOf(error) }, "cannot read changes, serving on with the snapshot as it is");
      }
      this.#away = true;
      return POLL_MS;
    }
  }

  /** Everything, into a snapshot of its own: calls are decided on the old one until this one is whole. */
  async #load(): Promise<Reading> {
    // What is there already is loaded with the rest; a transaction that is open for long must not bring all of it again.
    const { changes, horizon } = await readChanges(await readHorizon());
    const ahead = new Set(changes.map(({ id }) => id));
    const reading = { snapshot: new Snapshot(this.#gateway.snapshot), horizon, ahead };
    await loadAll(reading.snapshot);
    this.#gateway.keyFaults = keyFaults(await readKeysOfRows());
    for (const { text } of this.#gateway.keyFaults) log.error(text);
    // What commits while a million rows are read.
    if ((await this.#read(reading)) === "incomplete")
      throw new Error("the feed was pruned while everything was loaded");
    return reading;
  }

  #swap(reading: Reading): void {
    this.#reading = reading;
    this.#gateway.snapshot = reading.snapshot;
  }

  /** Applies what is new; the number of changes that were read. */
  async #read(reading: Reading): Promise<number | "incomplete"> {
    const askedAtMs = Date.now();
    const page = await readChanges(reading.horizon);
    const fresh = page.changes.filter((change) => !reading.ahead.has(change.id));
    if (!page.complete || fresh.length > CHANGES_MAX) return "incomplete";
    if (fresh.length > 0) await applyChanges(reading.snapshot, fresh);
    reading.ahead = new Set(page.changes.filter(({ xid }) => xid >= page.horizon).map(({ id }) => id));
    reading.horizon = page.horizon;
    this.#gateway.heardAtMs = askedAtMs;
    if (this.#staleSeconds > 0) this.#gateway.freshUntilMs = askedAtMs + this.#staleSeconds * 1000;
    return page.changes.length;
  }

  async #acknowledge(reading: Reading): Promise<void> {
    const { limits, draining } = this.#gateway;
    const others = await acknowledgeChanges(this.#node, reading.horizon, draining, limits.store);
    this.#gateway.gatewaysAlive = others.alive;
    limits.noteOthers(others.stores);
    this.#acknowledgedAtMs = Date.now();
  }

  async #tidy(now: number): Promise<void> {
    if (now - this.#sweptAtMs >= SWEEP_MS) {
      this.#sweptAtMs = now;
      await sweepGatewayNodes(this.#node, this.#staleSeconds);
    }
    if (now - this.#prunedAtMs >= PRUNE_MS) {
      this.#prunedAtMs = now;
      await pruneChanges();
    }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 300) : "unknown");
