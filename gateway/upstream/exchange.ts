import { answerRefusal } from "#gateway/answer/answer-refusal.ts";
import { refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import { closeAfterAnswer, endConnection } from "#gateway/last-answer.ts";
import { endLate } from "#gateway/late-writes.ts";
import { log } from "#lib/log.ts";
import { answerHeaders } from "./answer-headers.ts";
import { TokenError } from "./backend-token.ts";
import { ConnectionLostError, type Control, type ExchangeHandler } from "./connection.ts";
import { refusalOf } from "./failure.ts";
import type { RequestBody } from "./request-body.ts";
import type { Sending } from "./sending.ts";
import { noteStreamed } from "./streamed-memory.ts";

/** Interim answers (1xx) of one backend call: more is an attack or a fault (T37). They are not passed on. */
const INTERIM_MAX = 8;

/** A whole body up to this length leaves in one piece with its headers. */
const JOINED_BYTES_MAX = 16_384;

class BackendMisbehaves extends Error {
  readonly code = "BACKEND_INVALID";
}

/** Ends an answer that is not passed on, because the call is sent once more with another token. */
const TOKEN_REFUSED = new Error("the backend refused the access token");

/** One call to a backend: streams the answer to the client as it comes, at the pace at which the client takes it. */
export class Exchange implements ExchangeHandler {
  readonly #call: Call;
  readonly #body: RequestBody | undefined;
  readonly #sending: Sending;
  #control: Control | undefined;
  #repeated = false;
  #interim = 0;
  /** Bytes of the answer's body still to come, -1 = not declared. */
  #left = -1;
  #waiting = false;
  /** The answer that the client gets is this one. */
  #answering = false;
  /** Its head. Written with the first bytes of its body: until then the call can still be refused. */
  #status = 0;
  #headers: string[] = [];

  constructor(call: Call, body: RequestBody | undefined, sending: Sending) {
    this.#sending = sending;
    this.#call = call;
    this.#body = body;
  }

  get subject(): string {
    return this.#call.holder?.subject ?? "";
  }

  onWait(leave: (reason: Error) => void): void {
    this.#call.abortBackend = () => leave(new Error("the client went away"));
  }

  isWanted(): boolean {
    // Refused meanwhile, for a body that is framed wrongly or comes too slowly (server.ts).
    return !this.#call.res.destroyed && !this.#call.res.headersSent;
  }

  onStart(control: Control): void {
    this.#control = control;
    this.#call.abortBackend = () => control.abort(new Error("the client went away"));
  }

  onInterim(): void {
    this.#interim += 1;
    if (this.#interim > INTERIM_MAX) this.#control?.abort(new BackendMisbehaves("too many interim answers"));
  }

  onHead(status: number, raw: string[]): void {
    if (!this.isWanted()) {
      this.#control?.abort(new Error("the call was answered meanwhile"));
      return;
    }
    if (status === 401 && this.#sending.tokenRefused() && this.#mayRepeat()) {
      this.#control?.abort(TOKEN_REFUSED);
      return;
    }
    const { res, limitHeaders, corsHeaders, requestId, gateway, api } = this.#call;
    const { headers, contentLength } = answerHeaders(status, raw, limitHeaders.length > 0, Boolean(api?.cors));
    headers.push("X-Request-Id", requestId, "X-Global-Transaction-ID", requestId);
    for (const text of limitHeaders) headers.push(text);
    for (const text of corsHeaders) headers.push(text);
    if (gateway.draining) closeAfterAnswer(this.#call, headers);
    this.#left = contentLength;
    this.#status = status;
    this.#headers = headers;
    // An event stream's headers must not wait for its first event; others leave with their first bytes. Not by
    // flushHeaders, which writes bytes above ASCII as UTF-8.
    if (contentLength < 0 && this.#writeHead()) res.write("", "latin1");
  }

  /** false: the call was answered meanwhile. */
  #writeHead(): boolean {
    if (this.#answering) return true;
    if (!this.isWanted()) {
      this.#control?.abort(new Error("the call was answered meanwhile"));
      return false;
    }
    this.#answering = true;
    this.#call.res.writeHead(this.#status, this.#headers);
    // The backend has the body, and the answer may stream for hours.
    if (this.#call.held && !this.#body) {
      this.#call.heldBody = undefined;
      this.#call.held.end();
    }
    return true;
  }

  onData(chunk: Buffer): void {
    if (!this.#writeHead()) return;
    const { res } = this.#call;
    this.#call.responseBytes += chunk.length;
    if (this.#left === chunk.length) {
      // The last of it. Node joins a string to the headers in front of it, a buffer it would have to gather.
      if (chunk.length <= JOINED_BYTES_MAX && this.#call.responseBytes === chunk.length)
        endLate(this.#call, chunk.toString("latin1"), "latin1");
      else res.end(Buffer.from(chunk));
      return;
    }
    if (this.#left > 0) this.#left -= chunk.length;
    noteStreamed(chunk.length);
    if (res.write(Buffer.from(chunk)) || this.#waiting) return;
    this.#waiting = true;
    this.#control?.pause();
    res.once("drain", () => {
      this.#waiting = false;
      this.#control?.resume();
    });
  }

  onEnd(): void {
    this.#finish();
    const { res } = this.#call;
    if (!this.#writeHead()) return;
    if (!this.#call.ended && !res.writableEnded) endLate(this.#call, "", "latin1");
  }

  /** Called from sockets and timers, where an exception would end the process (T34). */
  onError(error: Error): void {
    try {
      this.#fail(error);
    } catch (failure) {
      const reason = failure instanceof Error ? failure.stack : "unknown";
      log.error({ requestId: this.#call.requestId, reason }, "call failed");
      this.#call.res.destroy();
    }
  }

  #fail(error: Error): void {
    this.#finish();
    const { res } = this.#call;
    if (res.headersSent) {
      if (this.#answering && !res.writableFinished) this.#breakOff();
      return;
    }
    if (this.#mayRepeat() && (error === TOKEN_REFUSED || this.#wasStale(error))) {
      this.#repeated = true;
      if (error === TOKEN_REFUSED) this.#repeatWithToken();
      else this.#sending.again(this);
      return;
    }
    answerRefusal(this.#call, refusalOf(error));
  }

  /** Half an answer must not look like a whole one. */
  #breakOff(): void {
    const { req, res } = this.#call;
    // To HTTP/1.0 an answer without a length ends with its connection: only a reset tells it from a whole one.
    if (this.#left < 0 && req.httpVersionMinor === 0) res.socket?.resetAndDestroy();
    if (!res.socket || res.socket.destroyed) {
      res.destroy();
      return;
    }
    // What the client has of it, its head at least, tells it what broke off.
    endConnection(res.socket);
    res.socket.destroySoon();
  }

  #repeatWithToken(): void {
    this.#sending.againWithToken(this).catch((error) => {
      const failed = error instanceof TokenError ? refuse("BACKEND_UNREACHABLE", "backend-token-failed") : null;
      answerRefusal(this.#call, failed ?? refusalOf(error));
    });
  }

  /** Once, and only what may be sent twice (RFC 9110 9.2.2). */
  #mayRepeat(): boolean {
    const { method, res, contentLength } = this.#call;
    return !this.#repeated && contentLength === 0 && !res.destroyed && (method === "GET" || method === "HEAD");
  }

  /** The backend closed an idle connection just as we used it: it had answered on it, and did not begin to now. */
  #wasStale(error: Error): boolean {
    return error instanceof ConnectionLostError && error.wasUsed && this.#interim === 0;
  }

  #finish(): void {
    const call = this.#call;
    call.abortBackend = undefined;
    // From here on the connection may be another call's.
    this.#control = undefined;
    call.backendMs = performance.now() - call.backendStarted;
    if (!this.#body) return;
    call.requestBytes = this.#body.bytes;
    // Also where it never came to a connection: what is left of it must not stop the client's next call.
    this.#body.destroy();
  }
}
