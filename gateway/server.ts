import { createServer, IncomingMessage, type Server, type ServerOptions, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newRequestId } from "#lib/call-record/request-id.ts";
import type { Refusal } from "#lib/errors/refusals.ts";
import { SWEEP_MS } from "./admission/body-watch.ts";
import { answerRefusal } from "./answer/answer-refusal.ts";
import { bodyOf, refuse } from "./answer/refusal.ts";
import { callWithBody, type Gateway } from "./call.ts";
import { handleCall } from "./handle-call.ts";
import { ignoreUpgrade } from "./ignored-upgrade.ts";
import { endConnection, isEnding, linger } from "./last-answer.ts";
import { HEADER_BYTES_MAX, TARGET_BYTES_MAX } from "./steps/check-request.ts";
import { closeAfterAll, discard, type ParsedSocket, wasTooMany } from "./turns.ts";

/** The only headers that Node itself asks a request for. */
const ASKED_FOR = new Set(["content-length", "expect", "te", "transfer-encoding"]);
const NONE_ASKED_FOR = Object.freeze({});

/** We read rawHeaders, where nothing is joined or dropped (T3). An object of all headers would be made for Node alone. */
class GatewayRequest extends IncomingMessage {}
Object.defineProperty(GatewayRequest.prototype, "headers", {
  get(this: GatewayRequest) {
    const raw = this.rawHeaders;
    let found: Record<string, string> | undefined;
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i] as string;
      // By length first: most headers are none of the four.
      if (name.length !== 14 && name.length !== 17 && name.length !== 6 && name.length !== 2) continue;
      const lower = name.toLowerCase();
      if (!ASKED_FOR.has(lower)) continue;
      found ??= {};
      found[lower] = raw[i + 1] as string;
    }
    return found ?? NONE_ASKED_FOR;
  },
});

/** Limits of a connection; what belongs to one request is checked in steps/check-request.ts. */
const options: ServerOptions<typeof GatewayRequest> & {
  shouldUpgradeCallback: (req: IncomingMessage) => boolean;
} = {
  /** The parser's, above our own two, so that the answer can say which was broken (T5). */
  maxHeaderSize: HEADER_BYTES_MAX + TARGET_BYTES_MAX + 2_048,
  /** From the first byte to the end of the headers (slowloris, T21). */
  headersTimeout: 10_000,
  /** None for the whole of a request: a gigabyte on a slow line takes hours. What drips goes before (body-watch.ts). */
  requestTimeout: 0,
  /** A connection between two calls. */
  keepAliveTimeout: 30_000,
  /** How often headers that are late are looked for. */
  connectionsCheckingInterval: 1_000,
  /** We answer ourselves, in our form. */
  requireHostHeader: false,
  noDelay: true,
  IncomingMessage: GatewayRequest,
  /** We offer no other protocol. Node asks from 24.9 on; before, `Upgrade` is a header like any to it as well. */
  shouldUpgradeCallback: (req: IncomingMessage) => {
    ignoreUpgrade(req.socket);
    return false;
  },
  /** A request without a body is at its end with its headers; none of its events come. */
  optimizeEmptyRequests: true,
};
/** Nothing moves on a connection, say a client that does not read its answer. Above the backend's own idle limit. */
const IDLE_MS = 310_000;

/** The listener of the gateway. Every request goes to `handleCall`; what is no request is answered here and cut off. */
export function createGatewayServer(gateway: Gateway): Server {
  const server = createServer(options, (req, res) => handleCall(gateway, req, res));
  // Without it Node drops what is past about 1,000 headers in silence; the byte limit bounds them, and we count (T5).
  server.maxHeadersCount = 0;
  const sweeper = setInterval(() => gateway.admission.bodies.sweep(performance.now()), SWEEP_MS).unref();
  server.once("close", () => clearInterval(sweeper));
  server.timeout = IDLE_MS;
  server.on("connection", (socket: Socket) => gateway.admission.shares.connect(socket));
  server.on("checkContinue", (req, res) => handleCall(gateway, req, res, true));
  server.on("checkExpectation", (req, res) => handleCall(gateway, req, res));
  server.on("connect", (req, socket: Socket) => {
    // Node hands the bare socket over, its own listeners taken off: an error would end the process (T21).
    discard(socket);
    if (wasTooMany(req)) {
      gateway.metrics.noteCutOff("pipelined");
      closeAfterAll(socket);
    } else cutOff(gateway, socket, "REQUEST_MALFORMED", "connect");
  });
  server.on("clientError", (error: ParserError, socket: Socket) =>
    cutOff(gateway, socket, refusalOfParser(error), reasonOf(error.code)),
  );
  return server;
}

/** `rawPacket`: what was being read when the parser stopped, up to 64 KB. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };

function refusalOfParser({ code, rawPacket }: ParserError): Refusal | null {
  if (code === "HPE_HEADER_OVERFLOW") return isLongTarget(rawPacket) ? "URI_TOO_LONG" : "HEADERS_TOO_LARGE";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "REQUEST_TIMEOUT";
  return code?.startsWith("HPE_") ? "REQUEST_MALFORMED" : null;
}

/**
 * Whether it was the target that was too long. The parser does not say; so the request has to begin in what was read last,
 * behind the end of the one before. One whose target comes in several pieces is 431, as its whole head is too large.
 */
function isLongTarget(packet: Buffer | undefined): boolean {
  if (!packet) return false;
  const text = packet.toString("latin1");
  const target = /^[A-Z-]+ ([^ \r\n]+)/.exec(text.slice(startOfLong(text)))?.[1] ?? "";
  return target.length > TARGET_BYTES_MAX;
}

/** Where the first request in a text begins whose head is too large: the parser has not looked at what is behind it. */
function startOfLong(text: string): number {
  for (let start = 0; ; ) {
    const end = text.indexOf("\r\n\r\n", start);
    if (end < 0 || end - start > HEADER_BYTES_MAX) return start;
    start = end + 4;
  }
}

/** A word of the parser's own list, such as "invalid_method"; never the client's. */
const reasonOf = (code = ""): string => code.toLowerCase().replace(/^(?:hpe|err_http)_/, "");

/** Answers what the parser could not read, where an answer can be told from the one before, and closes. */
function cutOff(gateway: Gateway, socket: ParsedSocket, refusal: Refusal | null, reason: string): void {
  if (!refusal || !socket.writable) {
    // Of one that is ending: behind an answer that came before its body.
    if (refusal && isEnding(socket)) noteOnce(gateway, socket, reason);
    // One that was answered gets the time to read it (last-answer.ts).
    if (!refusal || !isEnding(socket)) socket.destroy();
    return;
  }
  const busy = socket._httpMessage;
  if (!busy) {
    noteOnce(gateway, socket, reason);
    // The body of a request that was answered before it came: another answer would be taken for the next request's.
    if (socket.parser?.incoming?.complete === false) closeAfterAll(socket);
    else sendRefusal(socket, refusal);
    return;
  }
  const call = callWithBody(busy);
  if (call && !busy.req.complete && !busy.writableEnded && !call.ended) {
    // The body of this very call is broken: it has a record.
    if (busy.headersSent) {
      noteOnce(gateway, socket, reason);
      socket.destroy();
    } else {
      noted.add(socket);
      answerRefusal(call, refuse(refusal));
    }
    return;
  }
  // Earlier calls on the connection are still to be answered: the client gets those answers, and then nothing more. The
  // parser complains of every further piece.
  closeAfterAll(socket);
  noteOnce(gateway, socket, reason);
}

/** Connections whose malformed request is counted, or on record: the parser complains of every further piece. */
const noted = new WeakSet<Socket>();

function noteOnce(gateway: Gateway, socket: Socket, reason: string): void {
  if (noted.has(socket)) return;
  noted.add(socket);
  gateway.metrics.noteCutOff(reason);
}

function sendRefusal(socket: Socket, refusal: Refusal): void {
  const refused = refuse(refusal);
  const requestId = newRequestId(Date.now());
  const { status, json } = refused.rendered;
  // RFC 9110 6.6.1: Node adds it to the answers that it writes itself.
  const all = ["Date", new Date().toUTCString(), ...json.headers, "X-Request-Id", requestId];
  all.push("X-Global-Transaction-ID", requestId, "Connection", "close");
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let i = 0; i < all.length; i += 2) text += `${all[i]}: ${all[i + 1]}\r\n`;
  endConnection(socket);
  linger(socket, () => undefined);
  socket.write(`${text}\r\n${bodyOf(json, requestId)}`);
  socket.destroySoon();
}
