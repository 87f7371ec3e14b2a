import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { open, sendRaw } from "#gateway/conformance/kit/client.ts";
import { type OwnListener, startOwnListener } from "#gateway/conformance/kit/own-listener.ts";
import { type RawBackend, startRawBackend } from "#gateway/conformance/kit/raw-backend.ts";
import type { Call, Gateway } from "./call.ts";
import { callsWaiting, WAITING_MAX } from "./turns.ts";
import type { Endpoint } from "./upstream/connect.ts";

// What clients do to connections: each call comes to its end once, whatever happens around it.

let backend: RawBackend;
let mute: { port: number; sockets: Socket[]; server: ReturnType<typeof createServer> };
let listener: OwnListener;
let gateway: Gateway;
let ended: Call[];
let base = "";
afterEach(() => void ended.splice(0));

/** Accepts connections and never says a word, so that no TLS handshake ends. */
async function startMute() {
  const sockets: Socket[] = [];
  const plain = createServer((socket) => void sockets.push(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
  await once(plain, "listening");
  return { port: (plain.address() as AddressInfo).port, sockets, server: plain };
}

beforeAll(async () => {
  backend = await startRawBackend();
  mute = await startMute();
  listener = await startOwnListener();
  ({ gateway, ended, base } = listener);
  listener.put("/raw", backend.url);
  listener.put("/mute", `https://127.0.0.1:${mute.port}`);
});
afterAll(async () => {
  listener.stop();
  for (const socket of mute.sockets) socket.destroy();
  mute.server.close();
  await backend.stop();
});

const GET = "GET /acme/sandbox/raw/x HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST /acme/sandbox/raw/x HTTP/1.1\r\nHost: a\r\n";
/** Resolves when the backend's connection of the next request is closed. */
const nextIsCut = () =>
  new Promise<void>((resolve) => {
    backend.answer = (socket) => void socket.on("close", () => resolve());
  });

test("a client that goes away in the middle of its body, before the backend is connected, ends its call alone", async () => {
  const client = await open(base);
  const seen = mute.sockets.length;
  client.write("POST /acme/sandbox/mute/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbegin");
  await expect.poll(() => mute.sockets.length).toBe(seen + 1);
  client.resetAndDestroy();
  await expect.poll(() => ended.length).toBe(1);
  expect(gateway.inFlight).toBe(0);
});

test("a client that goes away with several calls on its connection ends the one that was begun, and begins no other", async () => {
  const cut = nextIsCut();
  const before = backend.requests;
  const client = await open(base);
  client.write(GET.repeat(3));
  await expect.poll(() => backend.requests).toBe(before + 1);
  client.resetAndDestroy();
  await cut;
  await expect.poll(() => [gateway.inFlight, callsWaiting(), ended.length]).toEqual([0, 0, 1]);
  expect(backend.requests).toBe(before + 1);
});

test("nothing that follows a request which is refused as malformed is taken for a request (T1)", async () => {
  const before = backend.requests;
  backend.answer = (socket) => void socket.end("HTTP/1.1 204 No Content\r\n\r\n");
  const answer = await sendRaw(`GET //x HTTP/1.1\r\nHost: a\r\n\r\n${GET}`, base);
  expect([answer.statuses, answer.closed, backend.requests - before]).toEqual([[400], true, 0]);
});

test("a refusal comes before its body turns out to be broken, also while other calls are in flight", async () => {
  const cut = nextIsCut();
  const before = backend.requests;
  const other = await open(base);
  other.write(GET);
  await expect.poll(() => backend.requests).toBe(before + 1);
  const answer = await sendRaw(
    "POST /acme/sandbox/raw/nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n\r\n",
    base,
  );
  expect([answer.statuses, answer.closed]).toEqual([[404], true]);
  other.resetAndDestroy();
  await cut;
});

test("nothing that follows a refused request reaches a backend over a connection that is there (T1)", async () => {
  let after = "";
  let kept: Socket | undefined;
  backend.answer = (socket) => {
    kept = socket;
    socket.on("data", (piece) => {
      after += piece;
    });
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  };
  expect((await sendRaw(GET, base)).statuses).toEqual([200]);
  const answer = await sendRaw(`GET //x HTTP/1.1\r\nHost: a\r\n\r\n${GET}`, base);
  expect([answer.statuses, answer.closed, after]).toEqual([[400], true, ""]);
  kept?.destroy();
  const pool = gateway.upstreams.pool(
    gateway.snapshot.apis.get("/raw")?.backend?.endpoint as Endpoint,
    performance.now(),
  );
  await expect.poll(() => pool.size).toBe(0);
});

test.each([
  ["its target", `POST /${"a".repeat(9_000)} HTTP/1.1\r\nHost: a\r\n`, 414],
  ["the number of its headers", `POST /x HTTP/1.1\r\nHost: a\r\n${"A: b\r\n".repeat(101)}`, 431],
])(
  "a request that is refused for %s, its framing unread, is the last of its connection",
  async (_what, head, status) => {
    for (const framing of ["Transfer-Encoding: chunked\r\n\r\n5\r\nbegin", "Content-Length: 9\r\n\r\nbegin"]) {
      const answer = await sendRaw(head + framing, base);
      expect([answer.statuses, answer.closed]).toEqual([[status], true]);
    }
    expect((await sendRaw(`${head}\r\n`, base)).closed).toBe(false);
  },
);

test("a CONNECT behind a call, from a client that then goes away, ends that call and nothing else", async () => {
  const cut = nextIsCut();
  const before = backend.requests;
  const client = await open(base);
  client.write(`${GET}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`);
  await expect.poll(() => backend.requests).toBe(before + 1);
  client.resetAndDestroy();
  await cut;
  await expect.poll(() => gateway.inFlight).toBe(0);
});

test.each([
  ["a CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a broken request", "garbage\r\n\r\n"],
  ["a call whose body is broken", `${POST}Transfer-Encoding: chunked\r\n\r\nno chunk\r\n`],
])("%s behind several calls: those are answered, and the connection ends", async (_what, bad) => {
  const before = backend.requests;
  backend.answer = (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const answer = await sendRaw(`${GET.repeat(3)}${bad}${GET}`, base);
  expect([answer.statuses, answer.closed, backend.requests - before]).toEqual([[200, 200, 200], true, 3]);
  await expect.poll(() => [gateway.inFlight, callsWaiting(), ended.length]).toEqual([0, 0, 3]);
});

test.each([
  ["a CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a broken request", "garbage\r\n\r\n"],
])("%s behind several calls leaves none of them behind when the client goes away", async (_what, bad) => {
  const cut = nextIsCut();
  const before = backend.requests;
  const client = await open(base);
  client.write(`${GET.repeat(3)}${bad}`);
  await expect.poll(() => backend.requests).toBe(before + 1);
  client.resetAndDestroy();
  await cut;
  await expect.poll(() => [gateway.inFlight, callsWaiting(), ended.length]).toEqual([0, 0, 1]);
});

test("what a client sends behind a broken request does not pile up while an earlier call is answered", async () => {
  let backendSocket: Socket | undefined;
  backend.answer = (socket) => {
    backendSocket = socket;
  };
  const before = backend.requests;
  const client = await open(base);
  let text = "";
  client.on("data", (piece) => {
    text += piece;
  });
  client.write(GET);
  await expect.poll(() => backend.requests).toBe(before + 1);
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on("warning", note);
  for (let i = 0; i < 30; i += 1) {
    client.write("garbage\r\n\r\n");
    await new Promise(setImmediate);
  }
  backendSocket?.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  await once(client, "close");
  process.off("warning", note);
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/);
  expect(warnings).toEqual([]);
});

const UPGRADES = {
  h2c: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
  websocket: "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
  TLS: "Upgrade: TLS/1.0\r\nConnection: UPGRADE\r\n",
};

test.each(Object.entries(UPGRADES))(
  "an upgrade to %s, which is not offered, is ignored: each call is answered, and the connection stays (F15)",
  async (_what, upgrade) => {
    const heads: string[] = [];
    backend.answer = (socket, body, head) => {
      let text = head + body;
      const take = (piece = "") => {
        text += piece;
        // A body may come after its head, in pieces of its own.
        if (head.startsWith("POST") && !/two|one/.test(text)) return;
        socket.off("data", take);
        heads.push(text);
        socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
      };
      socket.setEncoding("latin1").on("data", take);
      take();
    };
    const asks = GET.replace("\r\n\r\n", `\r\n${upgrade}\r\n`);
    const post = `${POST}${upgrade}`;
    const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n`;
    const all = [asks, asks, GET, `${post}Content-Length: 3\r\n\r\ntwo`, asks, chunked, GET];
    // In one piece, and in pieces of every length: nothing is lost between them, nothing is read twice (T1).
    for (const length of [10_000, 1, 7, 64]) {
      heads.length = 0;
      const client = await open(base);
      let text = "";
      client.on("data", (piece) => {
        text += piece;
      });
      const bytes = all.join("");
      for (let at = 0; at < bytes.length; at += length) {
        client.write(bytes.slice(at, at + length));
        if (length < bytes.length) await new Promise(setImmediate);
      }
      await expect.poll(() => text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(all.map(() => "HTTP/1.1 200"));
      expect(heads.map((head) => `${head.slice(0, 4)}${/(?:two|one)/.exec(head) ?? ""}`)).toEqual([
        ...["GET ", "GET ", "GET ", "POSTtwo", "GET ", "POSTone", "GET "],
      ]);
      expect(heads.join()).not.toMatch(/upgrade|settings/i);
      client.write(asks);
      await expect.poll(() => text.match(/HTTP\/1\.1 200/g)?.length).toBe(all.length + 1);
      expect(client.readyState).toBe("open");
      client.destroy();
    }
  },
);

test("behind an upgrade that is ignored, garbage and another protocol's preface are refused as ever (F15)", async () => {
  backend.answer = (socket) => void socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  const asks = GET.replace("\r\n\r\n", `\r\n${UPGRADES.h2c}\r\n`);
  for (const behind of [
    "garbage\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
  ]) {
    const answer = await sendRaw(asks + behind + GET, base);
    expect([behind, answer.statuses, answer.closed]).toEqual([behind, [200], true]);
  }
  const answer = await sendRaw(asks.repeat(100), base);
  expect([answer.statuses, answer.closed]).toEqual([Array(1 + WAITING_MAX).fill(200), true]);
});

test.each(["upgrade", "Upgrade, HTTP2-Settings", "keep-alive, upgrade"])(
  "Connection: %s without an Upgrade asks for nothing, and the connection stays (F15)",
  async (value) => {
    backend.answer = (socket) => void socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    const asks = GET.replace("\r\n\r\n", `\r\nConnection: ${value}\r\n\r\n`);
    const answer = await sendRaw(asks + asks + GET, base);
    expect([answer.statuses, answer.closed]).toEqual([[200, 200, 200], false]);
  },
);

test("every malformed request is counted by its reason, once, and every answer has a Date (F13)", async () => {
  const long = `GET /x HTTP/1.1\r\nX: ${"l".repeat(40_000)}\r\n\r\n`;
  const chunked = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
  const bad: [string, string, number][] = [
    ["invalid_method", "garbage\r\n\r\n", 400],
    ["invalid_version", "GET / HTTP/9.9\r\n\r\n", 400],
    ["invalid_header_token", "GET / HTTP/1.1\r\na b: c\r\n\r\n", 400],
    ["invalid_content_length", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400],
    ["header_overflow", long, 431],
    ["header_overflow", long.replace("/x", `/${"x".repeat(40_000)}`), 414],
    ["connect", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["invalid_method", "\x16\x03\x01\x02\x00\x01", 400],
    ["invalid_method", `${GET}garbage\r\n\r\ngarbage\r\n\r\n`, 200],
    ["pipelined", GET.repeat(100), 200],
    // These are calls, and have a record.
    ["", `${chunked}no chunk\r\n`, 400],
    ["", GET.replace("Host: a", "Host: a b"), 400],
    ["", `${GET.replace(/Host.*/, `Host: a\r\nX: ${"l".repeat(20_000)}`)}`, 431],
  ];
  const { cutOff } = gateway.metrics;
  backend.answer = (socket) => void socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  for (const [reason, bytes, status] of bad) {
    const before = new Map(cutOff);
    const answer = await sendRaw(bytes, base);
    expect([reason, answer.statuses[0], answer.closed]).toEqual([reason, status, status !== 431 || reason !== ""]);
    expect([bytes, answer.text.match(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/g)?.length]).toEqual([
      bytes,
      answer.statuses.length,
    ]);
    const counted = [...cutOff].filter(([name, value]) => value !== (before.get(name) ?? 0));
    expect(counted).toEqual(reason === "" ? [] : [[reason, (before.get(reason) ?? 0) + 1]]);
  }
});

test.each([
  ["/", 40_000, "", 414],
  ["/", 60_000, "", 414],
  ["/?", 30_000, "", 414],
  ["/", 9_000, "h".repeat(20_000), 414],
  ["/", 10, "h".repeat(40_000), 431],
  ["/", 8_000, "h".repeat(30_000), 431],
])(
  "a target that is too long and comes in one piece is 414, headers that are too large are 431: %s and %i bytes (F13)",
  async (start, count, header, status) => {
    const head = `GET ${start}${"a".repeat(count)} HTTP/1.1\r\nHost: a\r\n${header && `X: ${header}\r\n`}\r\n`;
    const answer = await sendRaw(head, base);
    expect([answer.statuses, answer.text.includes(`"status":${status}`)]).toEqual([[status], true]);
  },
);

test.each([
  ["that came before its body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "", 200],
  ["that still comes", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "", 200],
  ["that refuses it", "", "/no/such/api", 404],
])(
  "a body that breaks behind the answer %s is counted, and gets no second answer (F8, F13)",
  async (_what, text, path, status) => {
    backend.answer = (socket) => void socket.write(text);
    const before = gateway.metrics.cutOff.get("invalid_chunk_size") ?? 0;
    const client = await open(base);
    let got = "";
    client.on("data", (piece) => {
      got += piece.toString("latin1");
    });
    const head = path ? POST.replace(/ \S+ /, ` ${path} `) : POST;
    const broken = "no chunk\r\n";
    client.write(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${path ? broken : ""}`);
    await expect.poll(() => got).toContain(`HTTP/1.1 ${status} `);
    if (!path) client.write(broken);
    await expect.poll(() => gateway.metrics.cutOff.get("invalid_chunk_size")).toBe(before + 1);
    client.write("nor this\r\n");
    await expect.poll(() => client.readableEnded || client.destroyed).toBe(true);
    expect([got.match(/HTTP\/1\.1 /g)?.length, gateway.metrics.cutOff.get("invalid_chunk_size")]).toEqual([
      1,
      before + 1,
    ]);
  },
);

test("a client that has said all and closes its side leaves no call behind", async () => {
  const cut = nextIsCut();
  const before = backend.requests;
  const client = await open(base);
  client.write(GET);
  await expect.poll(() => backend.requests).toBe(before + 1);
  client.end();
  await cut;
  await expect.poll(() => [gateway.inFlight, ended.length]).toEqual([0, 1]);
});

test.each([
  ["with a length", "Content-Length: 2\r\n\r\nok"],
  ["in chunks", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
  ["to the end of the connection", "Connection: close\r\n\r\nok"],
])("bytes above ASCII in headers pass both ways as they are, and headers keep their order, %s", async (_what, rest) => {
  let head = "";
  const own = "X-B: caf\xe9 \x80\xff\r\nSet-Cookie: b=2\r\nX-A: \xa0\r\nSet-Cookie: a=1\r\nset-cookie: b=3\r\n";
  backend.answer = (socket, _body, text) => {
    head = text;
    socket.end(Buffer.from(`HTTP/1.1 200 OK\r\n${own}${rest}`, "latin1"));
  };
  const answer = await sendRaw(GET.replace("\r\n\r\n", "\r\nX-C: \xe9\x80\xff\r\nConnection: close\r\n\r\n"), base);
  expect(head).toContain("\r\nX-C: \xe9\x80\xff\r\n");
  expect(answer.text).toContain(`HTTP/1.1 200 OK\r\n${own}`);
});

test("a POST without a body tells the backend so", async () => {
  let head = "";
  backend.answer = (socket, _body, text) => {
    head = text;
    socket.end("HTTP/1.1 204 No Content\r\n\r\n");
  };
  await sendRaw("POST /acme/sandbox/raw/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", base);
  expect(head).toMatch(/\r\nContent-Length: 0\r\n/i);
});

test("204 carries no length, whatever the backend says", async () => {
  backend.answer = (socket) => void socket.end("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
  const answer = await sendRaw(`${GET}`, base);
  expect(answer.statuses).toEqual([204]);
  expect(answer.text).not.toMatch(/content-length/i);
});

test("half an answer does not look whole to a client of HTTP/1.0 either", async () => {
  let reset = () => undefined as unknown;
  backend.answer = (socket) => {
    reset = () => socket.resetAndDestroy();
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  };
  const client = await open(base);
  client.write("GET /acme/sandbox/raw/x HTTP/1.0\r\nHost: a\r\n\r\n");
  const failed = once(client, "error");
  let text = "";
  client.on("data", (piece) => {
    text += piece;
  });
  await expect.poll(() => text).toContain("half");
  reset();
  const [error] = await failed;
  expect(error).toMatchObject({ code: "ECONNRESET" });
});

test("a client of HTTP/1.1 that keeps sending a body which is too large gets its 413", async () => {
  backend.answer = (socket) => void socket.resume();
  const client = await open(base);
  let text = "";
  client.on("data", (piece) => {
    text += piece;
  });
  const errors: Error[] = [];
  client.on("error", (error) => errors.push(error));
  client.write("POST /acme/sandbox/raw/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${"b".repeat(65_536)}\r\n`;
  for (let i = 0; i < 64 && client.writable; i += 1) {
    if (!client.write(chunk)) await Promise.race([once(client, "drain"), once(client, "close")]).catch(() => undefined);
  }
  client.write("0\r\n\r\n");
  if (!client.destroyed) await once(client, "close");
  expect([text.slice(0, 12), errors]).toEqual(["HTTP/1.1 413", []]);
});
