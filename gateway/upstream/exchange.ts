import { type Dispatcher, errors } from "undici";
import { answerRefusal } from "#gateway/answer/answer-refusal.ts";
import type { Call } from "#gateway/call.ts";
import { giveBackCall } from "#gateway/limits/windows.ts";
import { answerHeaders } from "./answer-headers.ts";
import { refusalOf } from "./failure.ts";
import { BodyTooLargeError, type RequestBody } from "./request-body.ts";

/** Interim answers (1xx) of one backend call: more is an attack or a fault (T37). They are not passed on. */
const INTERIM_MAX = 8;

/** A whole body up to this length leaves in one piece with its headers. */
const JOINED_BYTES_MAX = 16_384;

class BackendMisbehaves extends Error {
  readonly code = "BACKEND_INVALID";
}

/** One call to a backend: streams the answer to the client as it comes, at the pace at which the client takes it. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #body: RequestBody | undefined;
  readonly #again: (exchange: Exchange) => void;
  #repeated = false;
  #interim = 0;
  /** Bytes of the answer's body still to come, -1 = not declared. */
  #left = -1;
  #waiting = false;

  /** `again` sends the same request once more. */
  constructor(call: Call, body: RequestBody | undefined, again: (exchange: Exchange) => void) {
    this.#again = again;
    this.#call = call;
    this.#body = body;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const abort = () => controller.abort(new Error("the client went away"));
    if (this.#call.res.destroyed) abort();
    else this.#call.abortBackend = abort;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > INTERIM_MAX) controller.abort(new BackendMisbehaves("too many interim answers"));
      return;
    }
    const { res, limitHeaders, requestId, gateway } = this.#call;
    const { headers, contentLength } = answerHeaders(controller.rawHeaders as Buffer[], limitHeaders.length > 0);
    headers.push("X-Request-Id", requestId, "X-Global-Transaction-ID", requestId);
    for (const text of limitHeaders) headers.push(text);
    if (gateway.draining) headers.push("Connection", "close");
    res.writeHead(status, headers);
    this.#left = contentLength;
    // An event stream's headers must not wait for its first event; others leave with their first bytes.
    if (contentLength < 0) res.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { res } = this.#call;
    this.#call.responseBytes += chunk.length;
    if (this.#left === chunk.length) {
      // The last of it. Node joins a string to the headers in front of it, a buffer it would have to gather.
      if (chunk.length <= JOINED_BYTES_MAX && this.#call.responseBytes === chunk.length)
        res.end(chunk.toString("latin1"), "latin1");
      else res.end(chunk);
      return;
    }
    if (this.#left > 0) this.#left -= chunk.length;
    if (res.write(chunk) || this.#waiting) return;
    this.#waiting = true;
    controller.pause();
    res.once("drain", () => {
      this.#waiting = false;
      controller.resume();
    });
  }

  onResponseEnd(): void {
    this.#finish();
    if (!this.#call.res.writableEnded) this.#call.res.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#finish();
    const { res } = this.#call;
    if (res.headersSent) {
      // Half an answer must not look like a whole one.
      if (!res.writableFinished) res.destroy();
      return;
    }
    if (this.#mayRepeat(error)) {
      this.#repeated = true;
      this.#again(this);
      return;
    }
    if (error instanceof BodyTooLargeError) giveBackCall(this.#call.counted, this.#call.startedAtMs);
    answerRefusal(this.#call, refusalOf(error));
  }

  /**
   * The backend closed an idle connection just as we used it: it has answered on it before, and not begun to answer
   * this call. Once, and only what may be repeated (RFC 9110 9.2.2).
   */
  #mayRepeat(error: Error): boolean {
    const { req, res } = this.#call;
    if (this.#repeated || this.#body || res.destroyed || (req.method !== "GET" && req.method !== "HEAD")) return false;
    return error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0 && this.#interim === 0;
  }

  #finish(): void {
    const call = this.#call;
    call.abortBackend = undefined;
    call.backendMs = performance.now() - call.backendStarted;
    if (this.#body) call.requestBytes = this.#body.bytes;
  }
}
