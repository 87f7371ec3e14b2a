import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Call } from "./call.ts";

/** How long a client that was refused in the middle of its body may go on sending it, ms. */
const LINGER_MS = 2_000;

const ending = new WeakSet<Duplex>();

/** Marks a connection that ends with the answer which is on its way; false when it was marked before. */
export function endConnection(socket: Duplex): boolean {
  if (ending.has(socket)) return false;
  ending.add(socket);
  return true;
}

/**
 * Whether no further call may come on a connection (RFC 9112 9.6). What follows a request that we refused may be a part
 * of it for everybody else on the way (T1), and nobody would get its answer.
 */
export const isEnding = (socket: Duplex): boolean => ending.has(socket);

/**
 * Ends the connection of a call with its answer. For a client that asks for another protocol, where Node throws away what
 * came in one piece with its request and reads on in the middle of what follows (T1, ignored-upgrade.ts).
 */
export function lastCall({ req, res }: Call): void {
  res.shouldKeepAlive = false;
  endConnection(req.socket);
}

const CLOSES = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;

/** Whether a Connection header says "close": of several values, in one header or several, it wins (RFC 9112 9.3). */
export const saysClose = (connection: string): boolean => CLOSES.test(connection);

/** Adds the header by which an answer becomes the last of its connection, and takes no further call from there. */
export function closeAfterAnswer({ req, contentLength }: Call, headers: string[]): void {
  headers.push("Connection", "close");
  const { socket } = req;
  if (!endConnection(socket) || req.complete || contentLength === 0) return;
  linger(socket, () => req.resume());
}

/**
 * Node closes with what the client still sends unread, and the reset that this makes can take the answer from the client
 * before it has read it. So our side ends first, and the rest, which `discard` reads, is thrown away for a while (RFC 9112
 * 9.6).
 */
export function linger(socket: Socket, discard: () => void): void {
  socket.destroySoon = () => {
    if (socket.writableEnded) return;
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => clearTimeout(timer));
    discard();
    socket.end();
  };
}
