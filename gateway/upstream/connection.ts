import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { type LateWrite, writeLate } from "#gateway/late-writes.ts";
import { AnswerError, AnswerParser, type AnswerReader } from "./answer-parser.ts";

/** What a backend is asked. */
export interface BackendRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** Flat: name, value, …; with Host, without Connection and Transfer-Encoding. */
  headers: readonly string[];
  /** A stream without a Content-Length among the headers goes out in chunks. */
  body: Readable | Buffer | null;
  /** From the last piece of the request to the head of the answer, ms; then BackendTimeoutError. */
  headersTimeoutMs: number;
  /** No other call is in flight that would write in the same turn. */
  isAlone: boolean;
}

/** How the one who asks steers the exchange; not after its end, for the connection is another's by then. */
export interface Control {
  /** No further data until `resume`: the client does not take it as fast as it comes. */
  pause(): void;
  resume(): void;
  /** Ends the exchange and its connection; `onError` follows with the reason. */
  abort(reason: Error): void;
}

/** What the one who asks is told. Exactly one of `onEnd` and `onError` comes, and nothing after it. */
export interface ExchangeHandler {
  /** The address whose share of the backend's connections it comes out of; none: it is not counted. */
  readonly subject?: string;
  /** No connection is free; `leave` takes it out of the queue at once, and `onError` follows with the reason. */
  onWait?(leave: (reason: Error) => void): void;
  /** Asked when a connection is there: false when nobody waits for the answer any more. `onError` follows. */
  isWanted(): boolean;
  /** A connection is there, and the request is to leave on it. Once more where it turned out that this one cannot be used. */
  onStart(control: Control): void;
  onInterim(status: number): void;
  /** `headers` flat, as received; `length` of the body, -1 = not declared. */
  onHead(status: number, headers: string[], length: number): void;
  /** `chunk` is lent: its memory is used again once this returns. */
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** A limit of time was passed; the phase says which. */
export class BackendTimeoutError extends Error {
  readonly code = "BACKEND_TIMEOUT";
}

/** The connection broke before the head of an answer. */
export class ConnectionLostError extends Error {
  readonly code = "BACKEND_INVALID";
  /** Whether the connection had carried an answer before: then the backend may just have closed an idle connection. */
  readonly wasUsed: boolean;

  constructor(message: string, wasUsed: boolean) {
    super(message);
    this.wasUsed = wasUsed;
  }
}

/** Who has the connections. */
export interface ConnectionOwner {
  /** The connection can take another call. */
  onIdle(connection: Connection): void;
  onGone(connection: Connection): void;
  /** It goes, and its request is to be sent on another. */
  onUnsent(request: BackendRequest, handler: ExchangeHandler): void;
}

/** Methods whose requests say that they have no body. */
const EXPECTS_BODY = new Set(["POST", "PUT", "PATCH"]);
const CHUNKED_END = "0\r\n\r\n";

/**
 * One HTTP/1.1 connection to a backend, for one exchange at a time. Gateways spend most of a call here, which is why it
 * is ours (docs/decisions/020-upstream-client.md has the figures).
 */
export class Connection implements AnswerReader, Control, LateWrite {
  readonly #socket: Socket;
  /** Between two pieces of an answer, ms. */
  readonly #bodyTimeoutMs: number;
  #headersTimeoutMs = 0;
  readonly #owner: ConnectionOwner;
  #handler: ExchangeHandler | undefined;
  #parser: AnswerParser | undefined;
  #body: Readable | undefined;
  /** A request of which nothing was written yet, and its head. */
  #request: BackendRequest | undefined;
  #head = "";
  /** The request has left whole. */
  #sent = true;
  /** The end of this turn is waited for. */
  #waits = false;
  /** What had come when the last answer ended has been read since, or will be by the end of this turn. */
  #settled = true;
  #headSeen = false;
  #used = false;
  #paused = false;
  #gone = false;
  /** performance.now() when something last moved. */
  #movedAt = 0;
  /** How long the backend keeps it open while it is idle, ms; 0 = it did not say. */
  idleMs = 0;
  /** Bytes may still come that belong to the answer before: it must rest before it carries another call (T37). */
  mayStray = false;
  /** In whose share it is counted (connection-pool.ts); "" for nobody's. */
  subject = "";

  constructor(socket: Socket, bodyTimeoutMs: number, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#bodyTimeoutMs = bodyTimeoutMs;
    this.#owner = owner;
    socket.on("data", (piece: Buffer) => this.#take(piece));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#lose(error));
    socket.on("close", () => this.#lose(new Error("the backend closed the connection")));
  }

  /** Sends a request; the connection must be idle. */
  start(request: BackendRequest, handler: ExchangeHandler): void {
    const { body } = request;
    const chunked = body !== null && !Buffer.isBuffer(body) && !declaresLength(request.headers);
    this.#head = headOf(request, chunked);
    this.#request = request;
    this.#body = body === null || Buffer.isBuffer(body) ? undefined : body;
    this.#handler = handler;
    this.#headersTimeoutMs = request.headersTimeoutMs;
    this.#parser = new AnswerParser(this, request.method);
    this.#headSeen = false;
    this.#sent = false;
    this.#paused = false;
    this.#movedAt = performance.now();
    handler.onStart(this);
    // The one who asks may have gone away already, and said so.
    if (this.#handler === handler) this.#waitForEndOfTurn(request.isAlone);
  }

  /**
   * Writes the request when all has been read that the backend may have said beyond its last answer: it is no answer to
   * this request, and the connection is not used any more (T37). So there is a whole turn between the two.
   */
  writeNow(): void {
    this.#waits = false;
    if (!this.#settled) {
      this.#settled = true;
      if (this.#request) this.#waitForEndOfTurn();
      return;
    }
    const request = this.#request;
    // Nobody may want it any more, or the backend closed the connection.
    if (this.#gone || !request) return;
    this.#request = undefined;
    this.#movedAt = performance.now();
    const { body } = request;
    if (body === null || Buffer.isBuffer(body)) {
      if (body) this.#socket.cork();
      this.#socket.write(this.#head, "latin1");
      if (body) this.#socket.write(body);
      if (body) this.#socket.uncork();
      this.#sent = true;
    } else this.#stream(this.#head, body, !declaresLength(request.headers));
  }

  #waitForEndOfTurn(isAlone = false): void {
    if (this.#waits) return;
    this.#waits = true;
    writeLate(this, isAlone);
  }

  /** Cuts the connection when the exchange has waited too long. Called from the pool's clock. */
  checkTime(now: number): void {
    if (!this.#handler) return;
    // The client is the one who is slow, in taking the answer or in sending its body; its own limits hold (server.ts).
    if (this.#paused || (this.#body && !this.#socket.writableNeedDrain)) this.#movedAt = now;
    const limit = this.#headSeen ? this.#bodyTimeoutMs : this.#headersTimeoutMs;
    if (now - this.#movedAt < limit) return;
    this.#fail(new BackendTimeoutError(this.#headSeen ? "the answer stopped" : "no answer came"));
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#movedAt = performance.now();
    this.#socket.resume();
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  /** Closes an idle connection. */
  close(): void {
    this.#forget();
    this.#goAway();
  }

  /**
   * Closes an idle connection that is not to be used again, by a reset where it is plain: closed in the common way, each
   * would keep a port of ours for a minute, and a client that asks for nothing but HEAD would use them all up.
   */
  discard(): void {
    if (!this.#gone && !("encrypted" in this.#socket)) this.#socket.resetAndDestroy();
    this.#goAway();
  }

  onInterim(status: number): void {
    this.#handler?.onInterim(status);
  }

  onHead(status: number, headers: string[], length: number): void {
    this.#headSeen = true;
    this.#movedAt = performance.now();
    this.#handler?.onHead(status, headers, length);
  }

  onData(chunk: Buffer): void {
    this.#handler?.onData(chunk);
  }

  #stream(head: string, body: Readable, chunked: boolean): void {
    const socket = this.#socket;
    let held: string | null = head;
    const write = (piece: Buffer): boolean => {
      this.#movedAt = performance.now();
      socket.cork();
      if (held !== null) socket.write(held, "latin1");
      held = null;
      if (chunked) socket.write(`${piece.length.toString(16)}\r\n`, "latin1");
      let room = socket.write(piece);
      if (chunked) room = socket.write("\r\n", "latin1");
      socket.uncork();
      return room;
    };
    const onDrain = () => {
      this.#movedAt = performance.now();
      body.resume();
    };
    const isMine = () => this.#body === body;
    if (body.errored) {
      this.#fail(body.errored);
      return;
    }
    socket.on("drain", onDrain);
    body.on("data", (piece: Buffer) => {
      if (isMine() && piece.length > 0 && !write(piece)) body.pause();
    });
    body.once("end", () => {
      socket.off("drain", onDrain);
      if (!isMine()) return;
      this.#movedAt = performance.now();
      this.#sent = true;
      this.#body = undefined;
      if (held !== null || chunked) socket.write((held ?? "") + (chunked ? CHUNKED_END : ""), "latin1");
    });
    body.once("close", () => socket.off("drain", onDrain));
    body.once("error", (error) => {
      if (isMine()) this.#fail(error);
    });
  }

  #take(piece: Buffer): void {
    const parser = this.#parser;
    if (!parser) {
      this.#goAway();
      return;
    }
    if (this.#request) {
      this.#lose(new Error("the backend answered what it was not asked"));
      return;
    }
    // Headers that drip, and interim answers, win no time: the limit is for the whole head.
    if (this.#headSeen) this.#movedAt = performance.now();
    try {
      const taken = parser.push(piece);
      if (parser.done && this.#parser === parser) this.#complete(parser, taken === piece.length);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** `clean`: nothing came after the answer. An answer to nothing would be taken for the answer to the next call. */
  #complete(parser: AnswerParser, clean: boolean): void {
    const handler = this.#handler;
    const reusable = clean && this.#sent && parser.keepsAlive;
    this.#forget();
    this.#used = true;
    this.idleMs = parser.keepAliveMs;
    this.mayStray = parser.mayStray;
    this.#settled = false;
    if (reusable) {
      this.#waitForEndOfTurn();
      this.#owner.onIdle(this);
    } else if (this.mayStray) this.discard();
    else this.#goAway();
    try {
      handler?.onEnd();
    } catch (error) {
      handler?.onError(error as Error);
    }
  }

  /** The backend has said all that it will say. */
  #ended(): void {
    const parser = this.#parser;
    if (!parser) {
      this.#goAway();
      return;
    }
    if (!this.#headSeen) {
      this.#lose(new Error("the backend closed the connection"));
      return;
    }
    try {
      parser.close();
      this.#complete(parser, false);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #lose(error: Error): void {
    if (!this.#handler) this.#goAway();
    else if (this.#request && this.#used) this.#giveUp(this.#request, this.#handler);
    else if (this.#headSeen) this.#fail(new AnswerError(`the answer broke off: ${error.message}`));
    else this.#fail(new ConnectionLostError(error.message, this.#used));
  }

  /** Nothing of the request has left: it can go on another connection, whatever it asks. */
  #giveUp(request: BackendRequest, handler: ExchangeHandler): void {
    this.#body = undefined;
    this.#forget();
    this.#owner.onUnsent(request, handler);
    this.#goAway();
  }

  #fail(error: Error): void {
    const handler = this.#handler;
    this.#forget();
    this.#goAway();
    handler?.onError(error);
  }

  #forget(): void {
    const body = this.#body;
    this.#handler = undefined;
    this.#parser = undefined;
    this.#body = undefined;
    this.#request = undefined;
    // The last piece of an answer may have been more than the client takes; that must not hold up the next call, nor
    // hide from us that the backend closes the connection.
    if (this.#paused) this.resume();
    // The backend answered, or failed, before it had the whole request: nobody sends the rest.
    body?.destroy();
  }

  #goAway(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#socket.destroy();
    this.#owner.onGone(this);
  }
}

function declaresLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name.length === 14 && name.toLowerCase() === "content-length") return true;
  }
  return false;
}

/** CR, LF or NUL in what is written would be read as another header or another request (T9). */
const SPLITS = /[\r\n\0]/;

/** Throws when a value would split the request. */
function headOf({ method, path, headers, body }: BackendRequest, chunked: boolean): string {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1] as string;
    if (SPLITS.test(value)) throw new Error(`the header ${headers[i]} holds a line break`);
    head += `${headers[i]}: ${value}\r\n`;
  }
  if (chunked) head += "Transfer-Encoding: chunked\r\n";
  else if (Buffer.isBuffer(body) && !declaresLength(headers)) head += `Content-Length: ${body.length}\r\n`;
  // Without it some servers answer 411 (RFC 9110 8.6).
  else if (body === null && EXPECTS_BODY.has(method)) head += "Content-Length: 0\r\n";
  return `${head}Connection: keep-alive\r\n\r\n`;
}
