import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endConnection, linger } from "./last-answer.ts";

// Calls that a client sends on one connection without waiting for answers (pipelining) are taken in turn. A call begins,
// and counts, when the answer before it has ended; until then it is a head that waits. Node makes a request and an answer
// of each that one read of 64 KB holds, up to two thousand, and pausing the socket changes nothing about what was read: so
// a client that sends more than may wait is not read any further (F1, T21).

/** Calls of one connection that wait for their turn, or come with another in one read. */
export const WAITING_MAX = 16;
/** What waits of one connection: heads, and what has come of bodies. Of the last body Node reads some 64 KB ahead. */
export const WAITING_BYTES_MAX = 65_536;
/** Of what is sent behind that, so much is thrown away; then nothing more is read. */
const DISCARD_BYTES_MAX = 8 * 1024 * 1024;

interface Waiting {
  req: IncomingMessage;
  res: ServerResponse;
  begin: () => void;
}

interface Line {
  waiting: Waiting[];
  /** Of the heads that wait. */
  bytes: number;
  /** No further call is taken: the connection ends with the last that waits. */
  closed: boolean;
}

const lines = new Map<Socket, Line>();

/** What the last read with a request's body brought of a connection. */
interface Read {
  /** Of the connection, this read included: another number is another read. */
  bytes: number;
  calls: number;
}
const reads = new WeakMap<Socket, Read>();

/** Node's own: what reads requests from a socket. Without it, what is too much is passed over, request by request. */
interface Parser {
  /** The request whose head came last. */
  incoming?: IncomingMessage | null;
  onIncoming?: ((req: IncomingMessage, keepAlive: boolean) => number) | null;
}
export type ParsedSocket = Socket & { parser?: Parser | null; _httpMessage?: ServerResponse | null };

/** Calls that wait in this process, for tests and metrics. */
export function callsWaiting(): number {
  let calls = 0;
  for (const { waiting } of lines.values()) calls += waiting.length;
  return calls;
}

/** Keeps a call, which came while another is being answered on its connection, until its turn; `begin` begins it. */
export function waitForTurn(req: IncomingMessage, res: ServerResponse, begin: () => void): void {
  const { socket } = req;
  let line = lines.get(socket);
  if (!line) {
    line = { waiting: [], bytes: 0, closed: false };
    lines.set(socket, line);
    socket.once("close", () => lines.delete(socket));
    watch(socket);
  }
  if (line.closed) return;
  if (!hasRoom(line, req)) {
    closeAfterAll(socket);
    return;
  }
  line.bytes += headBytes(req);
  line.waiting.push({ req, res, begin });
}

/** The call that was being answered on a connection has ended: begins the next. */
export function nextTurn(socket: Socket): void {
  if (lines.size === 0) return;
  const line = lines.get(socket);
  if (!line) return;
  const next = line.waiting.shift();
  // Not the next one's socket: the answer before it was the last of the connection.
  if (!next || next.res.socket === null || socket.destroyed) {
    line.waiting.length = 0;
    return;
  }
  line.bytes -= headBytes(next.req);
  if (line.closed && line.waiting.length === 0) endConnection(socket);
  next.begin();
}

/**
 * Notes a call with a body. Node lets an answer end between a body and what follows it, so that of such calls in one read
 * none need ever wait: they are counted.
 */
export function noteBodyInRead(socket: Socket): void {
  const bytes = socket.bytesRead;
  const read = reads.get(socket);
  if (!read) reads.set(socket, { bytes, calls: 1 });
  else if (read.bytes !== bytes) {
    read.bytes = bytes;
    read.calls = 1;
  } else if (read.calls === 1) {
    read.calls = 2;
    watch(socket);
  }
}

/**
 * Takes no further call from a connection: what is being answered on it, and the calls that wait, are answered, then it
 * ends (RFC 9112 9.6). false: it was told so before.
 */
export function closeAfterAll(socket: ParsedSocket): boolean {
  const line = lines.get(socket);
  if (line?.closed) return false;
  if (line) line.closed = true;
  // Of what was broken nothing is begun: its body would never end.
  if (line?.waiting.at(-1)?.req.complete === false) line.waiting.pop();
  const waits = line?.waiting.at(-1)?.res;
  if (!waits && !endConnection(socket)) return false;
  linger(socket, () => undefined);
  const last = waits ?? socket._httpMessage;
  if (!last) {
    socket.destroySoon();
    return true;
  }
  last.shouldKeepAlive = false;
  // Where its head has left already, and said nothing of it.
  last.once("finish", () => socket.destroySoon());
  return true;
}

/** Whether this is a request that was one too many, and not a client's CONNECT. */
export const wasTooMany = (req: IncomingMessage): boolean => tooMany.has(req);
const tooMany = new WeakSet<IncomingMessage>();

/**
 * What a socket that no parser reads any more still brings is thrown away: so its end is heard of. The answer that is on
 * its way goes on: Node, which has taken its own listeners off, would tell nobody that the client takes more of it.
 */
export function discard(socket: ParsedSocket): void {
  let bytes = 0;
  socket.on("drain", () => {
    const answer = socket._httpMessage;
    if (answer?.writableNeedDrain) answer.emit("drain");
  });
  socket.on("error", () => undefined);
  socket.on("timeout", () => socket.destroy());
  socket.on("end", () => socket.destroy());
  socket.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > DISCARD_BYTES_MAX) socket.pause();
  });
  socket.resume();
}

const watched = new WeakSet<Socket>();

/** Has the parser stop in front of a request that is one too many. */
function watch(socket: ParsedSocket): void {
  const { parser } = socket;
  const onIncoming = parser?.onIncoming;
  if (!parser || !onIncoming || watched.has(socket)) return;
  // Not the parser: Node gives it to another connection afterwards.
  watched.add(socket);
  parser.onIncoming = (req, keepAlive) => {
    if (mayCome(socket, req)) return onIncoming(req, keepAlive);
    // As for a CONNECT: the parser stops at the end of this head, and hands the socket over (server.ts).
    tooMany.add(req);
    req.method = "CONNECT";
    (req as IncomingMessage & { upgrade: boolean }).upgrade = true;
    return 2;
  };
}

function mayCome(socket: ParsedSocket, req: IncomingMessage): boolean {
  const line = lines.get(socket);
  if (line && socket._httpMessage && !hasRoom(line, req)) return false;
  const read = reads.get(socket);
  if (!read || read.bytes !== socket.bytesRead) return true;
  read.calls += 1;
  return read.calls <= WAITING_MAX + 1;
}

function hasRoom(line: Line, req: IncomingMessage): boolean {
  if (line.waiting.length >= WAITING_MAX) return false;
  let bytes = line.bytes + headBytes(req);
  for (const { req: other } of line.waiting) bytes += other.readableLength;
  return bytes <= WAITING_BYTES_MAX;
}

function headBytes({ url, rawHeaders }: IncomingMessage): number {
  let bytes = url?.length ?? 0;
  for (const text of rawHeaders) bytes += text.length + 2;
  return bytes;
}
