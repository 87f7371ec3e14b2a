import { connect, type Socket } from "node:net";

// Somebody who sends what he likes, in a process of his own, over plain sockets: it costs little beside what is measured.
// ADDRESS (URL), FROM, CONNECTIONS, RATE (requests a second, those that one piece pipelines counted) and SENT (JSON),
// which are sent in turn. On "end" it sends nothing more and says what was answered.

/** What is sent at once on a connection. */
export interface Sent {
  text: string;
  /** Requests that `text` is repeated to, pipelined. */
  times?: number;
  /** Bytes of a body that follow; where the head announces more, the rest never comes. */
  bodyBytes?: number;
}

export interface StrangerReport {
  statuses: Record<string, number>;
  seconds: number;
}

const { ADDRESS = "", FROM = "127.0.0.3", CONNECTIONS = "1", RATE = "1", SENT = "[]" } = process.env;
const { hostname: host, port } = new URL(ADDRESS);
const TICK_MS = 1;
const bodies = new Map<number, Buffer>();
const pieces = (JSON.parse(SENT) as Sent[]).map(({ text, times = 1, bodyBytes = 0 }) => {
  if (!bodies.has(bodyBytes)) bodies.set(bodyBytes, Buffer.alloc(bodyBytes, " "));
  return { head: Buffer.from(text.repeat(times), "latin1"), body: bodies.get(bodyBytes) as Buffer, times };
});

const statuses: Record<string, number> = {};
interface Line {
  socket: Socket | undefined;
  /** Requests without an answer. */
  open: number;
}
const lines: Line[] = Array.from({ length: Number(CONNECTIONS) }, () => ({ socket: undefined, open: 0 }));

function reach(line: Line): Socket {
  const socket = connect({ host, port: Number(port), localAddress: FROM });
  line.socket = socket;
  line.open = 0;
  socket.on("error", () => undefined);
  socket.on("data", (data) => {
    for (const [, status = ""] of data.toString("latin1").matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      line.open -= 1;
    }
  });
  socket.on("close", () => {
    line.socket = undefined;
  });
  return socket;
}

const started = performance.now();
let sent = 0;
let turn = 0;
const timer = setInterval(() => {
  const due = ((performance.now() - started) / 1_000) * Number(RATE);
  // A line whose request is still open is passed over: what a connection holds is what is shown.
  for (let looked = 0; sent < due && looked < lines.length; looked += 1) {
    const line = lines[turn % lines.length] as Line;
    turn += 1;
    if (line.socket && line.open > 0) continue;
    const piece = pieces[sent % pieces.length] as (typeof pieces)[number];
    const socket = line.socket ?? reach(line);
    line.open = piece.times;
    socket.write(piece.head);
    if (piece.body.length > 0) socket.write(piece.body);
    sent += 1;
  }
}, TICK_MS);
process.on("message", () => {
  clearInterval(timer);
  process.send?.({ statuses, seconds: (performance.now() - started) / 1_000 } satisfies StrangerReport);
  for (const { socket } of lines) socket?.destroy();
  process.disconnect?.();
});
process.send?.({ ready: true });
