import { saysClose } from "#gateway/last-answer.ts";

/** Headers of a backend's answer, names and values (T37). */
export const ANSWER_HEADER_BYTES_MAX = 65_536;
/** Trailers are read and dropped. */
const TRAILER_BYTES_MAX = 8_192;
/** A chunk's size line with its extensions, which nobody uses. */
const SIZE_LINE_BYTES_MAX = 256;

/** The backend's answer is not acceptable HTTP/1.1 (RFC 9112), or broke off. */
export class AnswerError extends Error {
  readonly code = "BACKEND_INVALID";
}

export interface AnswerReader {
  /** An interim answer (1xx); it has no body and another answer follows. */
  onInterim(status: number): void;
  /** `headers` flat: name, value, … as received; `length` of the body, -1 = not declared. */
  onHead(status: number, headers: string[], length: number): void;
  onData(chunk: Buffer): void;
}

/**
 * A whole head, strictly: CRLF only, no folding, no space before the colon, no control character (RFC 9112 2.2, 5). What
 * another reader could understand differently is refused, not repaired. Every alternative begins with another
 * character, so the expression runs in linear time.
 */
const HEAD =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/;
/** The same line by line, for a head that does not come in one piece: what can be no head is not waited for. */
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;
/** What no line of a head may hold: controls, LF without CR, and CR without LF. */
const NO_LINE = /[^\t\r\n\x20-\x7e\x80-\xff]|(?<!\r)\n|\r(?!\n|$)/g;
const STATUS_BEGINS = "HTTP/1.";
const SIZE_LINE = /^[0-9A-Fa-f]{1,12}[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const KEEP_ALIVE = /\btimeout=(\d{1,4})\b/i;
const KEEPS = /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/i;
const DIGITS = /^\d{1,15}$/;

const HEAD_STATE = 0;
const FIXED = 1;
const CHUNK_SIZE = 2;
const CHUNK_DATA = 3;
const CHUNK_END = 4;
const TRAILERS = 5;
const UNTIL_CLOSE = 6;
const DONE = 7;

/**
 * Reads one answer of a backend from the pieces in which it comes. The common answer, whole in one piece, costs one
 * look for the end of its head, one check of the head and one cut for each header.
 */
export class AnswerParser {
  /** Whether the connection may carry another call after this answer. */
  keepsAlive = true;
  /**
   * The answer has no body by its status, which a backend may not know: what it sends all the same comes whenever it
   * comes, and would be read as the answer to the next call (T37).
   */
  mayStray = false;
  /** "Keep-Alive: timeout=5" of the backend in ms; 0 = it did not say. */
  keepAliveMs = 0;
  #state = HEAD_STATE;
  #reader: AnswerReader;
  #isHead: boolean;
  /** A head, size line or trailer that is not complete yet. */
  #pending = "";
  /** Where the line of an incomplete head begins that has not ended yet. */
  #lineAt = 0;
  #left = 0;
  /** Of an answer in chunks: what the present piece brought, until it is known that the whole piece is well framed. */
  #held: { head: (() => void) | undefined; chunks: Buffer[] } | undefined;
  #trailerBytes = 0;

  /** `method` of the request: the answer to HEAD has no body, whatever it declares. */
  constructor(reader: AnswerReader, method: string) {
    this.#reader = reader;
    this.#isHead = method === "HEAD";
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /**
   * Takes the next piece; returns how much of it belongs to this answer. Throws AnswerError; nothing of an answer in
   * chunks is handed on when its head came in a piece that is framed wrongly, so that it can still be refused.
   */
  push(piece: Buffer): number {
    let at = 0;
    try {
      while (at < piece.length && this.#state !== DONE) at = this.#take(piece, at);
    } catch (error) {
      if (this.#held && !this.#held.head) this.#handOn();
      throw error;
    }
    if (this.#held) this.#handOn();
    return at;
  }

  /** The backend closed its side. Throws AnswerError when the answer is not complete. */
  close(): void {
    this.keepsAlive = false;
    if (this.#state === DONE) return;
    if (this.#state !== UNTIL_CLOSE) throw new AnswerError("the answer broke off");
    this.#state = DONE;
  }

  #take(piece: Buffer, at: number): number {
    switch (this.#state) {
      case HEAD_STATE:
        return this.#takeHead(piece, at);
      case FIXED:
      case CHUNK_DATA:
        return this.#takeData(piece, at);
      case UNTIL_CLOSE:
        this.#reader.onData(at === 0 ? piece : piece.subarray(at));
        return piece.length;
      default:
        return this.#takeLine(piece, at);
    }
  }

  #handOn(): void {
    const held = this.#held;
    if (!held) return;
    const { head, chunks } = held;
    this.#held = { head: undefined, chunks: [] };
    head?.();
    for (const chunk of chunks) this.#reader.onData(chunk);
  }

  #takeHead(piece: Buffer, at: number): number {
    const known = this.#pending.length;
    // latin1: one character for one byte, so that positions in the text are positions in the piece.
    const text = this.#pending + piece.toString("latin1", at, Math.min(piece.length, at + ANSWER_HEADER_BYTES_MAX + 4));
    // The end may lie across two pieces.
    const end = text.indexOf("\r\n\r\n", Math.max(0, known - 3));
    if (end < 0 ? text.length >= ANSWER_HEADER_BYTES_MAX : end > ANSWER_HEADER_BYTES_MAX) {
      throw new AnswerError("the headers are too large");
    }
    if (end < 0) {
      this.#checkUnended(text, known);
      this.#pending = text;
      return piece.length;
    }
    this.#pending = "";
    this.#lineAt = 0;
    this.#readHead(text.slice(0, end + 4));
    return at + end + 4 - known;
  }

  /** Throws when a head whose end has not come can be none, whatever follows; looks at each line once. */
  #checkUnended(text: string, known: number): void {
    // The last byte that was known may be a CR that waited for its LF.
    NO_LINE.lastIndex = Math.max(0, known - 1);
    if (NO_LINE.test(text) || !text.startsWith(STATUS_BEGINS.slice(0, text.length)))
      throw new AnswerError("the head is not HTTP");
    for (let end = text.indexOf("\r\n", this.#lineAt); end >= 0; end = text.indexOf("\r\n", this.#lineAt)) {
      const line = text.slice(this.#lineAt, end);
      if (!(this.#lineAt === 0 ? STATUS_LINE : FIELD_LINE).test(line)) throw new AnswerError("the head is not HTTP");
      this.#lineAt = end + 2;
    }
  }

  #readHead(head: string): void {
    if (!HEAD.test(head)) throw new AnswerError("the head is not HTTP");
    const status = Number(head.slice(9, 12));
    const headers: string[] = [];
    let length = -1;
    let chunked = false;
    let closes = false;
    let saysKeep = head.charCodeAt(7) !== 48; // not HTTP/1.0
    // The last line is the empty one.
    const last = head.length - 2;
    let start = head.indexOf("\r\n") + 2;
    while (start < last) {
      const end = head.indexOf("\r\n", start);
      const colon = head.indexOf(":", start);
      const name = head.slice(start, colon);
      const value = valueIn(head, colon + 1, end);
      headers.push(name, value);
      start = end + 2;
      // By length first: most headers are none of the three.
      if (name.length === 10) {
        const lower = name.toLowerCase();
        if (lower === "connection") {
          closes ||= saysClose(value);
          saysKeep ||= KEEPS.test(value);
        } else if (lower === "keep-alive") this.keepAliveMs = Number(KEEP_ALIVE.exec(value)?.[1] ?? 0) * 1_000;
      } else if (name.length === 14 && name.toLowerCase() === "content-length") {
        if (length >= 0 || !DIGITS.test(value)) throw new AnswerError("the length is not one number");
        length = Number(value);
      } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
        if (chunked || value.toLowerCase() !== "chunked") throw new AnswerError("the transfer coding is not known");
        chunked = true;
      }
    }
    // Both framings at once, or one that the version does not know: two readers would see two answers (RFC 9112 6).
    if (chunked && (length >= 0 || head.charCodeAt(7) === 48)) throw new AnswerError("the answer is framed twice");
    if (status < 200) {
      if (status === 101) throw new AnswerError("nobody asked for another protocol");
      this.#reader.onInterim(status);
      return;
    }
    this.keepsAlive = saysKeep && !closes;
    this.#begin(status, headers, length, chunked);
  }

  #begin(status: number, headers: string[], length: number, chunked: boolean): void {
    const bodiless = this.#isHead || status === 204 || status === 304;
    if (bodiless) {
      this.mayStray = true;
      // A body that is declared may follow at any time; HEAD is often answered by what answers GET.
      if (this.#isHead || length > 0 || chunked) this.keepsAlive = false;
    }
    if (bodiless || length === 0) this.#state = DONE;
    else if (chunked) this.#state = CHUNK_SIZE;
    else if (length > 0) this.#state = FIXED;
    else this.#state = UNTIL_CLOSE;
    if (this.#state === UNTIL_CLOSE) this.keepsAlive = false;
    this.#left = length;
    if (this.#state !== CHUNK_SIZE) this.#reader.onHead(status, headers, length);
    else this.#held = { head: () => this.#reader.onHead(status, headers, length), chunks: [] };
  }

  #takeData(piece: Buffer, at: number): number {
    const end = Math.min(piece.length, at + this.#left);
    this.#left -= end - at;
    const data = at === 0 && end === piece.length ? piece : piece.subarray(at, end);
    if (this.#held) this.#held.chunks.push(data);
    else this.#reader.onData(data);
    if (this.#left > 0) return end;
    this.#state = this.#state === FIXED ? DONE : CHUNK_END;
    return end;
  }

  /** A line of the chunked coding: a size, the end of a chunk, or a trailer. */
  #takeLine(piece: Buffer, at: number): number {
    const lf = piece.indexOf(10, at);
    const stop = lf < 0 ? piece.length : lf + 1;
    if (this.#pending.length + stop - at > SIZE_LINE_BYTES_MAX && this.#state !== TRAILERS) {
      throw new AnswerError("a chunk is not framed");
    }
    this.#trailerBytes += this.#state === TRAILERS ? stop - at : 0;
    if (this.#trailerBytes > TRAILER_BYTES_MAX) throw new AnswerError("the trailers are too large");
    this.#pending += piece.toString("latin1", at, stop);
    if (lf < 0) return stop;
    const line = this.#pending;
    this.#pending = "";
    if (!line.endsWith("\r\n")) throw new AnswerError("a line of the chunked coding does not end");
    this.#readLine(line.slice(0, -2));
    return stop;
  }

  #readLine(line: string): void {
    if (this.#state === CHUNK_END) {
      if (line !== "") throw new AnswerError("a chunk is longer than it says");
      this.#state = CHUNK_SIZE;
    } else if (this.#state === TRAILERS) {
      if (line === "") this.#state = DONE;
      else if (!FIELD_LINE.test(line)) throw new AnswerError("a trailer is not a field");
    } else {
      if (!SIZE_LINE.test(line)) throw new AnswerError("the size of a chunk is not a number");
      this.#left = Number.parseInt(line, 16);
      this.#state = this.#left === 0 ? TRAILERS : CHUNK_DATA;
    }
  }
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** The value without blanks around it; String.trim would take a byte 0xA0 for one. */
function valueIn(head: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(head.charCodeAt(start))) start += 1;
  while (end > start && isBlank(head.charCodeAt(end - 1))) end -= 1;
  return head.slice(start, end);
}
