import { connect, type Socket } from "node:net";

// A flood of calls in a process of its own, over plain sockets: it must cost so little that the client which is measured
// beside it waits for the gateway and not for the flood's own work. URL, HEADERS (JSON), RATE a second, SECONDS, FROM.

const { URL: target = "", HEADERS = "{}", RATE = "1", SECONDS = "1", FROM } = process.env;
const url = new URL(target);
const CONNECTIONS = 256;
/** Calls without an answer that a connection may have: the gateway lets 16 wait, and ends the connection past them. */
const OPEN_MAX = 16;
/** Five calls at a time: a flood that comes in lumps would be the wait that is measured. */
const TICK_MS = 1;

const headers = Object.entries(JSON.parse(HEADERS) as Record<string, string>).map(
  ([name, value]) => `${name}: ${value}`,
);
const request = Buffer.from([`GET ${url.pathname} HTTP/1.1`, `Host: ${url.host}`, ...headers, "", ""].join("\r\n"));
const statuses: Record<string, number> = {};
let answered = 0;
let sent = 0;

interface Line {
  socket: Socket;
  /** Calls without an answer. */
  open: number;
  /** The end of what came, where an answer may be cut in two. */
  rest: string;
}

function open(): Promise<Line> {
  const line: Line = {
    socket: connect({ port: Number(url.port), host: url.hostname, ...(FROM && { localAddress: FROM }) }),
    open: 0,
    rest: "",
  };
  line.socket.on("data", (data) => {
    const text = line.rest + data.toString("latin1");
    // One character less than what is counted, so that nothing counts twice.
    line.rest = text.slice(1 - "HTTP/1.1 200".length);
    for (const [, status = ""] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      answered += 1;
      line.open -= 1;
    }
  });
  return new Promise((done) => line.socket.once("connect", () => done(line)));
}

const lines = await Promise.all(Array.from({ length: CONNECTIONS }, open));
const total = Number(RATE) * Number(SECONDS);
const started = performance.now();
process.send?.({ ready: true });
let turn = 0;
const timer = setInterval(() => {
  const due = Math.min(total, Math.floor(((performance.now() - started) / 1_000) * Number(RATE)));
  // A connection that is full is passed over; when all are, the rest is sent with the next tick.
  for (let passed = 0; sent < due && passed < CONNECTIONS; turn += 1) {
    const line = lines[turn % CONNECTIONS] as Line;
    if (line.open >= OPEN_MAX) {
      passed += 1;
      continue;
    }
    passed = 0;
    line.open += 1;
    line.socket.write(request);
    sent += 1;
  }
  if (sent < total || answered < total) return;
  clearInterval(timer);
  process.send?.({ statuses });
  for (const { socket } of lines) socket.destroy();
  process.disconnect?.();
}, TICK_MS);
