import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { BodyHold } from "./body-hold.ts";

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
  /** That came from the client. */
  bytes: number;

  /** `hold`: what came before, and goes first. */
  constructor(req: IncomingMessage, bytesMax: number, hold?: BodyHold) {
    super();
    this.#req = req;
    this.#bytesMax = bytesMax;
    this.#hold = hold;
    this.bytes = hold?.bytes ?? 0;
    // While the call waits for its token or its connection nobody else listens, and an error without a listener would
    // end the process (T21). Whoever takes the body over asks `errored`.
    this.on("error", () => undefined);
    if (hold?.whole) return;
    req.on("data", (chunk: Buffer) => this.#take(chunk));
    req.on("end", () => {
      if (!this.destroyed) this.push(null);
    });
    req.on("close", () => {
      if (!req.complete) this.destroy(new Error("the client went away"));
    });
  }

  override _read(): void {
    const held = this.#hold?.next();
    if (held) this.push(held);
    else if (this.#hold?.whole) this.push(null);
    else this.#req.resume();
  }

  /** The rest is thrown away: the answer may still be on its way to the client. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#hold?.drop();
    this.#req.resume();
    callback(error);
  }

  #take(chunk: Buffer): void {
    if (this.destroyed) return;
    this.bytes += chunk.length;
    if (this.bytes > this.#bytesMax) this.destroy(new BodyTooLargeError());
    else if (!this.push(chunk)) this.#req.pause();
  }
}
