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
    // While the call waits for its token or its connection nobody else listens, and an error without a listener would
    // end the process (T21). Whoever takes the body over asks `errored`.
    this.on("error", () => undefined);
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

/** A chunked body of at most this many bytes is held back until its end, at most this long after its call was let through. */
const HELD_BYTES_MAX = 65_536;
const HELD_MS = 50;

/**
 * Holds a chunked body back before the backend is called. Resolves to the whole body when its end came in time, or to
 * null when it is longer or comes slowly and has to be streamed; nothing of it is lost then. Also to null when the
 * client went away. Over `bytesMax` it is the error.
 */
export function holdBody(req: IncomingMessage, bytesMax: number): Promise<Buffer | null | BodyTooLargeError> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const stop = (result: Buffer | null | BodyTooLargeError) => {
      clearTimeout(timer);
      req.off("data", take).off("end", end).off("close", gone);
      resolve(result);
    };
    const end = () => stop(Buffer.concat(pieces));
    const gone = () => stop(null);
    const stream = () => {
      req.pause();
      stop(null);
      if (bytes > 0) req.unshift(Buffer.concat(pieces));
    };
    const take = (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > bytesMax) {
        // The rest is thrown away while the answer is on its way.
        stop(new BodyTooLargeError());
        req.resume();
      } else if (bytes > HELD_BYTES_MAX) stream();
    };
    const timer = setTimeout(stream, HELD_MS);
    req.on("data", take).on("end", end).on("close", gone);
  });
}
