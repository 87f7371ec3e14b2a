import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { NetworkList } from "#lib/net/network-list.ts";
import { PortalConnections } from "./portal-connections.ts";

const program = `
  const { createServer } = require("node:http");
  createServer((req, res) => {
    const { maxConnections, headersTimeout, requestTimeout } = req.socket.server;
    const bounds = JSON.stringify({ maxConnections, headersTimeout, requestTimeout });
    res.end(req.headers["x-forwarded-for"] + " " + req.url + (req.url === "/bounds" ? " " + bounds : ""));
  }).listen(0, "127.0.0.1", function () { process.send(this.address().port); });`;

const peer = join(import.meta.dirname, "portal-peer.ts");

/** Opens a connection and says whether the server took it: it answers, or closes at once. */
function isTaken(port: number, open: Socket[]): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  open.push(socket);
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return new Promise((tell) => socket.once("data", () => tell(true)).once("close", () => tell(false)));
}

/** Runs a server behind portal-peer, which answers with what it hears: the peers, a space, the target. */
async function behindPeer(
  work: (heard: (target: string, headers?: Record<string, string>) => Promise<string>, port: number) => Promise<void>,
  env: Record<string, string> = {},
) {
  const child = spawn(process.execPath, ["--import", peer, "-e", program], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [port] = (await once(child, "message")) as [number];
    await work((path, headers = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      // Not fetch: it would escape the target.
      get({ host: "127.0.0.1", port, path, headers, agent: false }, async (res) => resolve(await text(res))).on(
        "error",
        reject,
      );
      return promise;
    }, port);
  } finally {
    child.kill("SIGKILL");
  }
}

test("the portal hears from where a request comes, whatever the client says of itself (T31)", async () => {
  await behindPeer(async (heard) => {
    expect(await heard("/")).toBe("127.0.0.1 /");
    expect(await heard("/", { "X-Forwarded-For": "203.0.113.7" })).toBe("203.0.113.7, 127.0.0.1 /");
    expect(await heard("/", { "X-Forwarded-For": "203.0.113.7, 198.51.100.1" })).toBe(
      "203.0.113.7, 198.51.100.1, 127.0.0.1 /",
    );
  });
});

test("a segment that is no escape of UTF-8 is plain text to the portal, the others stay as they are (F61)", async () => {
  await behindPeer(async (heard) => {
    for (const [target, expected] of [
      ["/apis/%", "/apis/%25"],
      ["/a%20b/%ED%A0%80%41?q=%", "/a%20b/%25ED%25A0%2580%2541?q=%"],
      ["/%C3%28/%C3%A9", "/%25C3%2528/%C3%A9"],
      ["/a%00/%2F?x=%ED%A0%80", "/a%00/%2F?x=%ED%A0%80"],
    ] as const) {
      expect(await heard(target)).toBe(`127.0.0.1 ${expected}`);
    }
  });
});

test("the portal takes so many connections, closes more at once, and gives up heads and bodies that do not come (T32)", async () => {
  const open: Socket[] = [];
  await behindPeer(
    async (heard, port) => {
      const bounds = JSON.parse((await heard("/bounds")).split(" ").slice(2).join(" "));
      expect(bounds).toEqual({ maxConnections: 3, headersTimeout: 10_000, requestTimeout: 150_000 });
      // A proxy on the same machine holds what it holds for others: only the number of all bounds it.
      const taken: boolean[] = [];
      for (let n = 0; n < 5; n += 1) taken.push(await isTaken(port, open));
      expect(taken).toEqual([true, true, true, false, false]);
      open[0]?.destroy();
      await expect.poll(() => isTaken(port, open)).toBe(true);
    },
    { PORTAL_CONNECTIONS_PER_ADDRESS: "2", PORTAL_CONNECTIONS_MAX: "3" },
  );
  for (const socket of open) socket.destroy();
});

test("one address has its share of the portal's connections, and gets it back as they close (T32)", async () => {
  const connections = new PortalConnections({ ofOne: 2, ofAll: 100 }, new NetworkList([]));
  const server = createServer((_req, res) => res.end("ok"));
  server.on("connection", (socket) => connections.take(server, socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const open: Socket[] = [];
  const taken: boolean[] = [];
  for (let n = 0; n < 4; n += 1) taken.push(await isTaken(port, open));
  expect(taken).toEqual([true, true, false, false]);
  open[0]?.destroy();
  await expect.poll(() => isTaken(port, open)).toBe(true);
  for (const socket of open) socket.destroy();
  await new Promise((done) => server.close(done));
});

test("of what a connection pipelines a hundred requests begin, and a head over 16 KB is refused (T32)", async () => {
  await behindPeer(async (_heard, port) => {
    const ask = async (given: string) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.end(given);
      let answers = "";
      await new Promise((done) => socket.on("data", (piece) => (answers += piece)).once("close", done));
      return answers.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    };
    const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const answers = await ask(request.repeat(300));
    expect(answers.filter((status) => status.endsWith("200"))).toHaveLength(100);
    expect(await ask(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(17_000)}\r\n\r\n`)).toEqual([
      "HTTP/1.1 431",
    ]);
  });
});
