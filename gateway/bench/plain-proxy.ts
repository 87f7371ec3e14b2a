import { createServer } from "node:http";
import { connect } from "node:net";
import type { Control } from "#gateway/upstream/connection.ts";
import { ConnectionPool } from "#gateway/upstream/connection-pool.ts";

// Our own proxying with all checks off: the gateway's client of backends behind a Node listener, and nothing between
// them. What the gateway costs more is what its checks, limits and records cost. Without BACKEND_PORT it answers by itself.

const { PORT, BACKEND_PORT } = process.env;
const DAY_MS = 86_400_000;

const pool = new ConnectionPool(
  (done) => {
    const socket = connect({ port: Number(BACKEND_PORT), host: "127.0.0.1", noDelay: true });
    socket.once("error", (error) => done(error, null));
    socket.once("connect", () => done(null, socket));
  },
  { connectionsMax: 256, idleMs: DAY_MS, idleMaxMs: DAY_MS, waitMs: DAY_MS, bodyTimeoutMs: DAY_MS, restMs: DAY_MS },
);

const server = createServer((req, res) => {
  if (!BACKEND_PORT) {
    res.writeHead(200, ["Content-Type", "application/json", "Content-Length", "11"]);
    res.end('{"ok":true}');
    return;
  }
  let control: Control | undefined;
  const headers = ["Host", `127.0.0.1:${BACKEND_PORT}`];
  const raw = req.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i] !== "Host" && raw[i] !== "Connection") headers.push(raw[i] as string, raw[i + 1] as string);
  }
  pool.dispatch(
    {
      method: req.method ?? "GET",
      path: req.url ?? "/",
      headers,
      body: null,
      headersTimeoutMs: DAY_MS,
      isAlone: false,
    },
    {
      isWanted: () => true,
      onStart: (given) => {
        control = given;
      },
      onInterim: () => undefined,
      onHead: (status, answered) => {
        const kept: string[] = [];
        for (let i = 0; i < answered.length; i += 2) {
          if (answered[i] !== "Connection") kept.push(answered[i] as string, answered[i + 1] as string);
        }
        res.writeHead(status, kept);
      },
      onData: (chunk) => {
        if (res.write(chunk.toString("latin1"), "latin1")) return;
        control?.pause();
        res.once("drain", () => control?.resume());
      },
      onEnd: () => res.end(),
      onError: () => res.destroy(),
    },
  );
});
server.listen(Number(PORT), "127.0.0.1", () => process.send?.({ ready: true }));
