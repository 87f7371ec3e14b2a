import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

// A client may ask for another protocol, and one that we do not offer is a wish that we do not hear: the call is answered,
// and the connection stays (RFC 9110 7.8). Java's own client asks for h2c with every first call. But Node's parser stops at
// the end of such a request, for the other protocol to begin there, and throws away what came with it in one read: what
// follows would be read from its middle (T1). So the rest is given to the parser again.

/** Node's own. */
interface Parser {
  incoming?: (IncomingMessage & { upgrade?: boolean }) | null;
  execute(piece: Buffer): number | Error;
  getCurrentBuffer(): Buffer;
  [on: number]: unknown;
}
type ParsedSocket = Socket & { parser?: Parser | null };

/** Of the parser's numbered callbacks, the one that hears how much of a read was taken. */
const CALLBACKS_MAX = 10;
const ON_EXECUTE = "bound onParserExecute";

/** Requests of a connection that asked for another protocol, and ends of such a request behind which was read on. */
interface Asked {
  asked: number;
  passed: number;
}
const connections = new WeakMap<Socket, Asked>();

/** Whether what follows an upgrade that we do not make is read, on this connection. */
export const ignoresUpgrade = (socket: Socket): boolean => connections.has(socket);

/**
 * Has the parser read on behind a request that asks for another protocol. Called while the parser is at its head; where
 * Node does not do so (before 24.9), the connection ends with the call (steps/check-request.ts).
 */
export function ignoreUpgrade(socket: ParsedSocket): void {
  const known = connections.get(socket);
  if (known) known.asked += 1;
  const { parser } = socket;
  if (known || !parser) return;
  for (let on = 0; on < CALLBACKS_MAX; on += 1) {
    const onExecute = parser[on];
    if (typeof onExecute !== "function" || onExecute.name !== ON_EXECUTE) continue;
    const asked = { asked: 1, passed: 0 };
    connections.set(socket, asked);
    parser[on] = (read: number | Error) => onExecute(readRest(parser, asked, read));
    return;
  }
}

function readRest(parser: Parser, asked: Asked, first: number | Error): number | Error {
  if (typeof first !== "number" || isHandedOver(parser)) return first;
  // A copy: Node reads the next piece into the same memory.
  let rest = Buffer.from(parser.getCurrentBuffer().subarray(first));
  let read: number | Error = first;
  while (rest.length > 0) {
    // It stopped where no such request ended: until the next request has begun, Node takes what is broken for the other protocol.
    if (asked.passed === asked.asked) return Object.assign(new Error("Parse Error"), { code: "HPE_INVALID_METHOD" });
    asked.passed = asked.asked;
    read = parser.execute(rest);
    if (typeof read !== "number" || isHandedOver(parser)) break;
    rest = rest.subarray(read);
  }
  return read;
}

/** A CONNECT, or a request that is one too many (turns.ts). */
const isHandedOver = ({ incoming }: Parser): boolean => incoming?.upgrade === true;
