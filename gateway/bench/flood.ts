import { connect, type Socket } from "node:net";

// A flood of calls in a process of its own, over plain sockets: it must cost so little that the client which is measured
// beside it waits for the gateway and not for the flood's own work. URL, HEADERS (JSON), RATE a second, SECONDS, FROM.

const { URL: target = "", HEADERS = "{}", RATE = "1", SECONDS = "1", FROM } = process.env;
const url = new URL(target);
const CONNECTIONS = 32;
/** Five calls at a time: a flood that comes in lumps would be the wait that is measured. */
const TICK_MS = 1;

const lines = Object.entries(JSON.parse(HEADERS) as Record<string, string>).map(([name, value]) => `${name}: ${value}`);
const request = Buffer.from([`GET ${url.pathname} HTTP/1.1`, `Host: ${url.host}`, ...lines, "", ""].join("\r\n"));
const statuses: Record<string, number> = {};
let answered = 0;
let sent = 0;

function open(): Promise<Socket> {
  const socket = connect({ port: Number(url.port), host: url.hostname, ...(FROM && { localAddress: FROM }) });
  socket.on("data", (data) => {
    for (const [, status = ""] of data.toString("latin1").matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      answered += 1;
    }
  });
  return new Promise((done) => socket.once("connect", () => done(socket)));
}

const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, open));
const total = Number(RATE) * Number(SECONDS);
const started = performance.now();
process.send?.({ ready: true });
const timer = setInterval(() => {
  const due = Math.min(total, Math.floor(((performance.now() - started) / 1_000) * Number(RATE)));
  for (; sent < due; sent += 1) sockets[sent % CONNECTIONS]?.write(request);
  if (sent < total || answered < total) return;
  clearInterval(timer);
  process.send?.({ statuses });
  for (const socket of sockets) socket.destroy();
  process.disconnect?.();
}, TICK_MS);
