import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

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
  bytes = 0;

  constructor(req: IncomingMessage, bytesMax: number) {
    super();
    this.#req = req;
    this.#bytesMax = bytesMax;
    req.on("data", (chunk: Buffer) => this.#take(chunk));
    req.on("end", () => {
      if (!this.destroyed) this.push(null);
    });
    req.on("close", () => {
      if (!req.complete) this.destroy(new Error("the client went away"));
    });
  }

  override _read(): void {
    this.#req.resume();
  }

  /** The rest is thrown away: the answer may still be on its way to the client. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
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
