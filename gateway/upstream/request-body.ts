import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { BodyHold } from "./body-hold.ts";
import { noteStreamed } from "./streamed-memory.ts";

/** More than this is not read from a client whose backend does not take it. */
const QUEUE_BYTES_MAX = 65_536;

/** The body grew past the limit while it was streamed. */
export class BodyTooLargeError extends Error {}

/**
 * A client's body on its way to the backend: counted, bounded, with backpressure. It stands between the two because the
 * upstream client destroys the body when the backend fails, and with the request itself the client's socket would go
 * before it got an answer.
 */
export class RequestBody extends Readable {
  readonly #req: IncomingMessage;
  readonly #bytesMax: number;
  readonly #hold: BodyHold | undefined;
  /** What came since, and the backend has not asked for: small chunks leave it together. */
  readonly #queue = new BodyHold();
  /** The backend takes more. */
  #wanted = false;
  #pauses = false;
  #ended: boolean;
  /** That came from the client. */
  bytes: number;

  /** `hold`: what came before, and goes first. */
  constructor(req: IncomingMessage, bytesMax: number, hold?: BodyHold) {
    // One piece at a time: what waits, waits in the queue.
    super({ highWaterMark: 1 });
    this.#req = req;
    this.#bytesMax = bytesMax;
    this.#hold = hold;
    this.bytes = hold?.bytes ?? 0;
    this.#ended = hold?.whole ?? false;
    // While the call waits for its token or its connection nobody else listens, and an error without a listener would
    // end the process (T21). Whoever takes the body over asks `errored`.
    this.on("error", () => undefined);
    if (this.#ended) return;
    req.on("data", (chunk: Buffer) => this.#take(chunk));
    req.on("end", () => {
      this.#ended = true;
      if (this.#wanted && !this.destroyed) this.push(null);
    });
    req.on("close", () => {
      if (!req.complete) this.destroy(new Error("the client went away"));
    });
  }

  override _read(): void {
    const block = this.#hold?.next() ?? this.#queue.next();
    if (block) this.push(block);
    else if (this.#ended) this.push(null);
    else {
      this.#wanted = true;
      this.#req.resume();
    }
  }

  /** The rest is thrown away: the answer may still be on its way to the client. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#hold?.drop();
    this.#queue.drop();
    this.#req.resume();
    callback(error);
  }

  #take(chunk: Buffer): void {
    if (this.destroyed) return;
    this.bytes += chunk.length;
    noteStreamed(chunk.length);
    if (this.bytes > this.#bytesMax) this.destroy(new BodyTooLargeError());
    else if (this.#wanted) {
      this.#wanted = false;
      this.push(chunk);
    } else {
      this.#queue.add(chunk);
      if (this.#queue.waiting >= QUEUE_BYTES_MAX && !this.#pauses) this.#pauseSoon();
    }
  }

  /** After all that was read at once: what Node keeps of it while a request is paused, it keeps chunk by chunk. */
  #pauseSoon(): void {
    this.#pauses = true;
    process.nextTick(() => {
      this.#pauses = false;
      if (!this.destroyed && this.#queue.waiting >= QUEUE_BYTES_MAX) this.#req.pause();
    });
  }
}
