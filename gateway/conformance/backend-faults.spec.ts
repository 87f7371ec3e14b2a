import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import type { Socket } from "node:net";
import { afterAll, expect, inject, test } from "vitest";
import { publish } from "#lib/test-kit/gateway-fixture.ts";
import { call, sendRaw } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";
import { startGateway } from "./kit/own-gateway.ts";
import { type RawBackend, startRawBackend } from "./kit/raw-backend.ts";

// T37: what a backend can do wrong, by fault or on purpose. The client gets a proper answer or a 502, and never half an
// answer that looks whole.

const MEGABYTE = 1024 * 1024;
let raw: RawBackend;
let path = "";
ownFixture(async ({ place }) => {
  raw = await startRawBackend();
  const operations = ["GET", "POST", "HEAD"].map((method) => operation(method, "/x"));
  const backend = { responseTimeoutMs: 1_000 };
  path = (await publish({ place, backendUrl: raw.url, basePath: "/faults", operations, backend })).path;
});
afterAll(() => raw.stop());

const says = (text: string) => (socket: Socket) => void socket.end(text, "latin1");
const head = (...lines: string[]) => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;

test.each([
  ["garbage", "\0\u0001\u0002garbage\r\n\r\n"],
  ["nothing", ""],
  ["half a status line", "HTTP/1.1 20"],
  ["headers without an end", "HTTP/1.1 200 OK\r\nA: b\r\n"],
  ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
  ["a status that is none", "HTTP/1.1 20x OK\r\n\r\n"],
  ["both framings", `${head("Content-Length: 2", "Transfer-Encoding: chunked")}2\r\nok\r\n0\r\n\r\n`],
  ["two lengths", `${head("Content-Length: 2", "Content-Length: 3")}okk`],
  ["a negative length", `${head("Content-Length: -1")}ok`],
  ["a length that is none", `${head("Content-Length: 2x")}ok`],
  ["a coding that nobody asked for", `${head("Transfer-Encoding: gzip, chunked")}0\r\n\r\n`],
  ["a header with a NUL", `${head("A: b\0c", "Content-Length: 0")}`],
  ["a header name with a space", `${head("A : b", "Content-Length: 0")}`],
  ["a folded header", `${head("A: b", " c", "Content-Length: 0")}`],
  ["an upgrade that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
  ["interim answers without an end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000)],
  ["interim answers alone", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"],
  ["a header of 100 kB", head(`A: ${"a".repeat(100_000)}`, "Content-Length: 0")],
  ["ten thousand headers", head(...Array.from({ length: 10_000 }, (_, i) => `A${i}: bbbb`), "Content-Length: 0")],
])("%s is 502 BACKEND_INVALID", async (_what, text) => {
  raw.answer = says(text);
  const answer = await call(`${path}/x`);
  expect([answer.status, answer.json?.code]).toEqual([502, "BACKEND_INVALID"]);
});

test("headers without an end are cut off, and the connection with them", async () => {
  let sent = 0;
  const cut = new Promise<void>((resolve) => {
    raw.answer = (socket) => {
      socket.on("close", resolve);
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = () => {
        while (!socket.destroyed && sent < 64 * MEGABYTE) {
          sent += 65_536;
          if (!socket.write(`A: ${"a".repeat(1_000)}\r\n`.repeat(65))) return void socket.once("drain", more);
        }
      };
      more();
    };
  });
  expect((await call(`${path}/x`)).status).toBe(502);
  await cut;
  expect(sent).toBeLessThan(32 * MEGABYTE);
});

/** Status, text, and whether the answer came to its end as it was framed. */
async function received(method = "GET"): Promise<{ status: number; text: string; whole: boolean }> {
  const { hostname, port } = new URL(inject("target"));
  const req = request({ host: hostname, port, path: `${path}/x`, method, agent: false });
  req.end();
  const [res] = await once(req, "response");
  let text = "";
  res.on("data", (piece: Buffer) => {
    text += piece;
  });
  res.on("error", () => undefined);
  await new Promise((done) => res.on("close", done));
  return { status: res.statusCode, text, whole: res.complete };
}

const chunked = head("Transfer-Encoding: chunked");
const badChunks: [string, string][] = [
  ["a chunk size that is none", "zz\r\nok\r\n0\r\n\r\n"],
  ["a chunk of 2^52", `${(2 ** 52).toString(16)}\r\nok`],
  ["a negative chunk", "-1\r\n"],
  ["a chunk size that ends with LF", "2\nok\r\n0\r\n\r\n"],
  ["a fault after a good chunk", "2\r\nok\r\nzz\r\n"],
  ["a chunk that is longer than it says", "2\r\nokmore\r\n0\r\n\r\n"],
  ["trailers of more than 8 KB", `2\r\nok\r\n0\r\n${`T: ${"t".repeat(100)}\r\n`.repeat(90)}\r\n`],
];

test.each([
  ...badChunks.map(([what, text]): [string, string] => [what, chunked + text]),
  ["a length and no body", head("Content-Length: 10")],
])("of an answer with %s nothing has left: 502 BACKEND_INVALID (F8)", async (_what, text) => {
  raw.answer = says(text);
  const answer = await call(`${path}/x`);
  expect([answer.status, answer.json?.code]).toEqual([502, "BACKEND_INVALID"]);
});

test.each(badChunks)("of an answer that left before %s the client has the head (F8)", async (_what, text) => {
  let backend: Socket | undefined;
  raw.answer = (socket) => {
    backend = socket;
    socket.write(chunked);
  };
  const { hostname, port } = new URL(inject("target"));
  const req = request({ host: hostname, port, path: `${path}/x`, agent: false }).end();
  const [res] = await once(req, "response");
  res.on("error", () => undefined).resume();
  // The rest comes when the head is there.
  backend?.end(text, "latin1");
  await new Promise((done) => res.on("close", done));
  expect([res.statusCode, res.complete]).toEqual([200, false]);
});

test.each([
  ["LF alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
  ["LF alone after the first line", "HTTP/1.1 200 OK\r\nContent-Length: 2\n\nok"],
  ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["no head at all", "<html>"],
])("an answer with %s is refused at once, while its backend still holds the connection (F8)", async (_what, text) => {
  const ended = new Promise<void>((resolve) => {
    raw.answer = (socket) => {
      socket.on("close", () => resolve());
      socket.write(text);
    };
  });
  // Waited for, it would be 504.
  const answer = await call(`${path}/x`);
  expect([answer.status, answer.json?.code]).toEqual([502, "BACKEND_INVALID"]);
  await ended;
});

test.each([
  ["a chunk that is cut off", `${head("Transfer-Encoding: chunked")}5\r\nhalf`],
  ["a chunk size that is none", `${head("Transfer-Encoding: chunked")}2\r\nok\r\nzz\r\nmore\r\n0\r\n\r\n`],
  ["a chunk that is longer than it says", `${head("Transfer-Encoding: chunked")}2\r\nokmore\r\n0\r\n\r\n`],
  ["no last chunk", `${head("Transfer-Encoding: chunked")}2\r\nok\r\n`],
  ["less than its length", `${head("Content-Length: 10")}half`],
])("an answer with %s never looks whole", async (_what, text) => {
  raw.answer = says(text);
  // Cut off before anything of it has left, it is a 502; afterwards the client's connection breaks.
  const outcome = await received().catch(() => null);
  const isRefused = outcome === null || outcome.status === 502;
  expect(isRefused || !outcome.whole).toBe(true);
});

test.each([
  ["a body without length or chunks, to the connection's end", `${head("A: b")}to the end`, "to the end"],
  ["more than its length", `${head("Content-Length: 2")}okmore`, "ok"],
  ["one interim answer before", `HTTP/1.1 103 Early Hints\r\n\r\n${head("Content-Length: 2")}ok`, "ok"],
  ["no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok"],
  ["trailers", `${head("Transfer-Encoding: chunked")}2\r\nok\r\n0\r\nX-Trailer: t\r\n\r\n`, "ok"],
])("an answer with %s is proper", async (_what, text, body) => {
  raw.answer = says(text);
  expect(await received()).toEqual({ status: 200, text: body, whole: true });
});

test("what comes after an answer is not taken for the next one", async () => {
  raw.answer = (socket) => socket.write(`${head("Content-Length: 2")}ok${head("Content-Length: 4")}evil`);
  expect(await received()).toMatchObject({ text: "ok", whole: true });
  raw.answer = says(`${head("Content-Length: 2")}ok`);
  for (let i = 0; i < 5; i += 1) expect(await received()).toMatchObject({ text: "ok", whole: true });
});

test("an answer to HEAD has no body, whatever the backend sends", async () => {
  raw.answer = says(`${head("Content-Length: 2")}ok`);
  expect(await received("HEAD")).toEqual({ status: 200, text: "", whole: true });
  raw.answer = says(`${head("Content-Length: 2")}`);
  expect(await received("HEAD")).toEqual({ status: 200, text: "", whole: true });
});

test("an answer before the request's end reaches the client, and the rest of the body harms nobody", async () => {
  raw.answer = says("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
  const { hostname, port } = new URL(inject("target"));
  const headers = { "content-length": String(5 * MEGABYTE) };
  const req = request({ host: hostname, port, path: `${path}/x`, method: "POST", headers, agent: false });
  req.on("error", () => undefined);
  req.write("begin");
  const [res] = await once(req, "response");
  expect(res.statusCode).toBe(403);
  expect(String((await once(res, "data"))[0])).toBe("no");
  req.destroy();
  raw.answer = says(`${head("Content-Length: 2")}ok`);
  expect(await received()).toMatchObject({ text: "ok", whole: true });
});

test("a backend that goes away in the middle of an upload is 502", async () => {
  raw.answer = (socket) => socket.resetAndDestroy();
  const answer = await sendRaw(`POST ${path}/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbegin`);
  expect(answer.statuses).toEqual([502]);
});

test("a backend that says nothing is 504, and its connection is cut", async () => {
  const cut = new Promise((resolve) => {
    raw.answer = (socket) => void socket.on("close", resolve);
  });
  const answer = await call(`${path}/x`);
  expect([answer.status, answer.json?.code]).toEqual([504, "BACKEND_TIMEOUT"]);
  await cut;
});

test("nothing but GET and HEAD is sent twice, whatever breaks", async () => {
  const before = raw.requests;
  raw.answer = (socket) => socket.resetAndDestroy();
  expect((await call(`${path}/x`, { method: "POST", body: "b" })).status).toBe(502);
  expect((await call(`${path}/x`, { method: "POST" })).status).toBe(502);
  expect(raw.requests).toBe(before + 2);
});

test.skipIf(process.platform !== "linux")(
  "a backend that answers as fast as it can to a client that reads slowly fills no memory",
  async () => {
    const gateway = await startGateway(inject("databaseUrl"));
    const residentMegabytes = () => {
      const status = readFileSync(`/proc/${gateway.process.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    };
    let written = 0;
    raw.answer = (socket) => {
      socket.write(head());
      const piece = Buffer.alloc(MEGABYTE, "a");
      const more = () => {
        while (!socket.destroyed) {
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", more);
        }
      };
      more();
    };
    const { hostname, port } = new URL(gateway.address);
    const drink = async () => {
      const req = request({ host: hostname, port, path: `${path}/x`, agent: false });
      req.on("error", () => undefined).end();
      const [res] = await once(req, "response");
      res.on("error", () => undefined);
      return { req, res };
    };
    // A first run takes the memory that a process takes once; then many clients read a little and stop.
    const first = await drink();
    let read = 0;
    for await (const piece of first.res) {
      read += piece.length;
      if (read > 64 * MEGABYTE) break;
    }
    const before = residentMegabytes();
    const slow = await Promise.all(Array.from({ length: 20 }, drink));
    for (const { res } of slow) await once(res, "data").then(() => res.pause());
    const fast = await drink();
    read = 0;
    for await (const piece of fast.res) {
      read += piece.length;
      if (read > 256 * MEGABYTE) break;
    }
    const grown = residentMegabytes() - before;
    for (const { req } of [...slow, fast]) req.destroy();
    await gateway.stop();
    expect(written).toBeGreaterThan(300 * MEGABYTE);
    expect(grown).toBeLessThan(100);
  },
);
