import type { OpenConnection } from "./connect.ts";
import { type BackendRequest, Connection, type ConnectionOwner, type ExchangeHandler } from "./connection.ts";

/** More calls than connections: the call waited too long for a free one, or too many wait already. */
export class PoolBusyError extends Error {
  readonly code = "BACKEND_BUSY";
}

/** The pool was closed while the call waited for a connection. */
export class PoolClosedError extends Error {
  readonly code = "BACKEND_CLOSED";
}

/** The one who asked went away while the call waited for a connection. */
class NotWantedError extends Error {}

export interface PoolSettings {
  connectionsMax: number;
  /** Between two pieces of an answer. */
  bodyTimeoutMs: number;
  /** An idle connection is closed after it, when the backend does not say how long it keeps one. */
  idleMs: number;
  /** At most, whatever the backend says. */
  idleMaxMs: number;
  /** How long a call waits for a free connection when there are `connectionsMax`. */
  waitMs: number;
  /** How long a connection rests on which a body may come that nobody asked for. */
  restMs: number;
}

/** Connections that rest, at most: each may hold a worker of the backend. The one that has rested longest is closed. */
const RESTING_MAX = 8;

/** Of a backend's connections, and of the places to wait for one, so much is one address's at most: others find room. */
const SHARE = 3 / 4;
/** Calls that wait, for each connection. */
const WAITING_PER_CONNECTION = 16;

interface Waiting {
  request: BackendRequest;
  handler: ExchangeHandler;
  sinceMs: number;
}

/** How often limits of time are looked at; they are exact to this. */
const CLOCK_MS = 250;
const HINT_EARLY_MS = 1_000;

/** The connections of one gateway process to one endpoint of a backend. */
export class ConnectionPool {
  readonly #open: OpenConnection;
  readonly #settings: PoolSettings;
  readonly #all = new Set<Connection>();
  /** The one used last is used next, so that those that are too many grow old. */
  readonly #idle: { connection: Connection; untilMs: number }[] = [];
  /** In the order in which they came to rest. */
  readonly #resting: { connection: Connection; untilMs: number }[] = [];
  /** By address. The one whose turn it is comes first; whoever had one goes to the end. */
  #queues = new Map<string, Waiting[]>();
  #waiting = 0;
  /** Connections that calls of an address use or open. */
  readonly #held = new Map<string, number>();
  readonly #heldMax: number;
  readonly #owner: ConnectionOwner = {
    onIdle: (connection) => this.#free(connection),
    onGone: (connection) => this.#gone(connection),
    // Before all others: it has waited already. The place of the connection that goes is its own.
    onUnsent: (request, handler) => {
      const subject = handler.subject ?? "";
      const queue = this.#queues.get(subject) ?? [];
      this.#queues = new Map([[subject, queue], ...this.#queues]);
      this.#enqueue(queue, "unshift", request, handler);
    },
  };
  #opening = 0;
  #closed = false;
  #whenEmpty: (() => void) | undefined;
  readonly #clock: NodeJS.Timeout;

  constructor(open: OpenConnection, settings: PoolSettings) {
    this.#open = open;
    this.#settings = settings;
    this.#heldMax = Math.ceil(settings.connectionsMax * SHARE);
    const limits = [settings.bodyTimeoutMs, settings.idleMs, settings.waitMs, settings.restMs];
    this.#clock = setInterval(() => this.#tick(), Math.max(5, Math.min(CLOCK_MS, ...limits.map((ms) => ms / 4))));
    this.#clock.unref();
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#all.size + this.#opening;
  }

  /** Calls that wait for a connection. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Sends a request on an idle connection, a new one, or the next that becomes free. Errors go to the handler. */
  dispatch(request: BackendRequest, handler: ExchangeHandler): void {
    if (this.#closed) {
      handler.onError(new PoolClosedError("the backend's connections are closed"));
      return;
    }
    const hasShare = this.#hasShare(handler.subject ?? "");
    const idle = hasShare ? this.#idle.pop() : undefined;
    if (idle) this.#start(idle.connection, request, handler);
    else if (hasShare && this.size < this.#settings.connectionsMax) this.#startNew(request, handler);
    else {
      this.#wait(request, handler);
      // Its place goes to the call.
      if (hasShare) this.#resting.shift()?.connection.discard();
    }
  }

  #hasShare(subject: string): boolean {
    return subject === "" || (this.#held.get(subject) ?? 0) < this.#heldMax;
  }

  #wait(request: BackendRequest, handler: ExchangeHandler): void {
    const subject = handler.subject ?? "";
    const queue = this.#queues.get(subject) ?? [];
    const most = this.#settings.connectionsMax * WAITING_PER_CONNECTION;
    if (this.#waiting >= most || (subject !== "" && queue.length >= most * SHARE)) {
      handler.onError(new PoolBusyError("too many calls wait for a connection to the backend"));
      return;
    }
    this.#queues.set(subject, queue);
    this.#enqueue(queue, "push", request, handler);
  }

  #enqueue(queue: Waiting[], how: "push" | "unshift", request: BackendRequest, handler: ExchangeHandler): void {
    const subject = handler.subject ?? "";
    const waiting = { request, handler, sinceMs: performance.now() };
    queue[how](waiting);
    this.#waiting += 1;
    handler.onWait?.((reason) => {
      if (this.#leave(subject, waiting)) handler.onError(reason);
    });
  }

  /** false: it is not in the queue any more. */
  #leave(subject: string, waiting: Waiting): boolean {
    const queue = this.#queues.get(subject);
    const at = queue?.indexOf(waiting) ?? -1;
    if (!queue || at < 0) return false;
    queue.splice(at, 1);
    this.#waiting -= 1;
    if (queue.length === 0) this.#queues.delete(subject);
    this.#checkEmpty();
    return true;
  }

  #hold(subject: string): void {
    if (subject !== "") this.#held.set(subject, (this.#held.get(subject) ?? 0) + 1);
  }

  #release(subject: string): void {
    if (subject === "") return;
    const left = (this.#held.get(subject) ?? 0) - 1;
    if (left > 0) this.#held.set(subject, left);
    else this.#held.delete(subject);
  }

  #releaseOf(connection: Connection): void {
    this.#release(connection.subject);
    connection.subject = "";
  }

  #start(connection: Connection, request: BackendRequest, handler: ExchangeHandler): void {
    connection.subject = handler.subject ?? "";
    this.#hold(connection.subject);
    start(connection, request, handler);
  }

  /** As `dispatch`, on a connection that nobody has used: a repeat must not meet another stale one. */
  dispatchFresh(request: BackendRequest, handler: ExchangeHandler): void {
    this.#startNew(request, handler);
  }

  /** Takes no more calls; resolves when those that run have ended. */
  close(): Promise<void> {
    this.#closed = true;
    for (const { connection } of [...this.#idle.splice(0), ...this.#resting.splice(0)]) connection.close();
    return new Promise((done) => {
      this.#whenEmpty = done;
      this.#checkEmpty();
    });
  }

  /** Cuts everything; calls that run end with an error. */
  destroy(): void {
    this.#closed = true;
    const reason = new PoolClosedError("the backend's connections are closed");
    for (const [subject, queue] of [...this.#queues]) {
      for (const waiting of [...queue]) if (this.#leave(subject, waiting)) waiting.handler.onError(reason);
    }
    for (const connection of [...this.#all]) connection.abort(reason);
    clearInterval(this.#clock);
  }

  #startNew(request: BackendRequest, handler: ExchangeHandler): void {
    const subject = handler.subject ?? "";
    this.#opening += 1;
    this.#hold(subject);
    this.#open((error, socket) => {
      this.#opening -= 1;
      this.#release(subject);
      if (error || !socket) {
        handler.onError(error ?? new Error("no connection"));
        this.#next();
        return;
      }
      const connection = new Connection(socket, this.#settings.bodyTimeoutMs, this.#owner);
      this.#all.add(connection);
      if (handler.isWanted()) this.#start(connection, request, handler);
      else {
        handler.onError(new NotWantedError("nobody waits for the answer"));
        this.#free(connection);
      }
    });
  }

  #free(connection: Connection): void {
    this.#releaseOf(connection);
    if (connection.mayStray) this.#rest(connection);
    else this.#use(connection);
  }

  #rest(connection: Connection): void {
    if (this.#closed || this.#waiting > 0) {
      connection.discard();
      return;
    }
    this.#resting.push({ connection, untilMs: performance.now() + this.#settings.restMs });
    if (this.#resting.length > RESTING_MAX) this.#resting.shift()?.connection.discard();
  }

  /** For a call that waits, or for one to come. */
  #use(connection: Connection): void {
    const next = this.#nextWanted();
    if (next) this.#start(connection, next.request, next.handler);
    else if (this.#closed) connection.close();
    else this.#idle.push({ connection, untilMs: performance.now() + this.#idleMs(connection) });
  }

  #gone(connection: Connection): void {
    this.#all.delete(connection);
    this.#releaseOf(connection);
    for (const kept of [this.#idle, this.#resting]) {
      const at = kept.findIndex((one) => one.connection === connection);
      if (at >= 0) kept.splice(at, 1);
    }
    this.#next();
    this.#checkEmpty();
  }

  /** A little less than the backend says: what it closes while a request is on its way is lost. */
  #idleMs({ idleMs }: Connection): number {
    return idleMs > 0 ? Math.min(this.#settings.idleMaxMs, Math.max(0, idleMs - HINT_EARLY_MS)) : this.#settings.idleMs;
  }

  /** A place has become free. */
  #next(): void {
    if (this.size >= this.#settings.connectionsMax) return;
    const next = this.#nextWanted();
    if (next) this.#startNew(next.request, next.handler);
  }

  /**
   * The call that has waited longest of the address whose turn it is, and that has not its whole share of connections;
   * those whose clients went away must not cost a connection each.
   */
  #nextWanted(): Waiting | undefined {
    if (this.#waiting === 0) return undefined;
    for (const [subject, queue] of [...this.#queues]) {
      if (!this.#hasShare(subject)) continue;
      for (const next of [...queue]) {
        this.#leave(subject, next);
        if (!next.handler.isWanted()) {
          next.handler.onError(new NotWantedError("nobody waits for the answer"));
          continue;
        }
        if (this.#queues.delete(subject)) this.#queues.set(subject, queue);
        return next;
      }
    }
    return undefined;
  }

  #tick(): void {
    const now = performance.now();
    for (const connection of this.#all) connection.checkTime(now);
    for (const { connection, untilMs } of [...this.#idle]) if (untilMs <= now) connection.close();
    while (this.#resting[0] && this.#resting[0].untilMs <= now) {
      this.#use((this.#resting.shift() as { connection: Connection }).connection);
    }
    for (const [subject, queue] of [...this.#queues]) {
      while (queue[0] && now - queue[0].sinceMs >= this.#settings.waitMs) {
        const [late] = queue;
        this.#leave(subject, late);
        late.handler.onError(new PoolBusyError("no connection to the backend was free"));
      }
    }
  }

  #checkEmpty(): void {
    if (!this.#closed || this.size > 0 || this.#waiting > 0) return;
    clearInterval(this.#clock);
    this.#whenEmpty?.();
  }
}

function start(connection: Connection, request: BackendRequest, handler: ExchangeHandler): void {
  try {
    connection.start(request, handler);
  } catch (error) {
    connection.close();
    handler.onError(error as Error);
  }
}
