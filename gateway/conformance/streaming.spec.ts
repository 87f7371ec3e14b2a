import { once } from "node:events";
import { request } from "node:http";
import { expect, inject, test } from "vitest";
import { publish } from "#lib/test-kit/gateway-fixture.ts";
import { open } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";
import { startGateway } from "./kit/own-gateway.ts";

const MEGABYTE = 1024 * 1024;

let path = "";
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/stream"), operation("POST", "/stream")];
  path = (await publish({ place, backendUrl: backend.url, basePath: "/flow", operations })).path;
});

function start(method: string, headers: Record<string, string> = {}, base = inject("target")) {
  const { hostname, port } = new URL(base);
  return request({ host: hostname, port, path: `${path}/stream`, method, headers, agent: false });
}

test("an event stream reaches the client event by event, its headers before the first", async () => {
  let send: (text: string) => void = () => undefined;
  fixture.backend.answer = (_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.flushHeaders();
    send = (text) => (text === "" ? res.end() : res.write(text));
  };
  const req = start("GET");
  req.end();
  const [res] = await once(req, "response");
  for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
    send(event);
    const [piece] = await once(res, "data");
    expect(String(piece)).toBe(event);
  }
  send("");
  await once(res, "end");
});

test("an upload reaches the backend piece by piece, and both directions flow at once", async () => {
  fixture.backend.answer = (req, res) => {
    res.writeHead(200);
    res.flushHeaders();
    req.on("data", (piece) => res.write(piece));
    req.on("end", () => res.end());
  };
  const req = start("POST");
  req.write("one");
  const [res] = await once(req, "response");
  expect(String((await once(res, "data"))[0])).toBe("one");
  req.write("two");
  expect(String((await once(res, "data"))[0])).toBe("two");
  req.end();
  await once(res.resume(), "end");
});

test("a client that stops reading holds the backend back, and gets every byte when it goes on", async () => {
  const total = 64 * MEGABYTE;
  let written = 0;
  const stalled = new Promise<void>((resolve) => {
    fixture.backend.answer = (_req, res) => {
      res.writeHead(200, { "content-length": String(total) });
      const piece = Buffer.alloc(MEGABYTE, "a");
      let quiet: NodeJS.Timeout | undefined;
      const more = () => {
        clearTimeout(quiet);
        while (written < total) {
          written += piece.length;
          if (!res.write(piece)) {
            // Nothing drained for this long: the client's stop has come through.
            quiet = setTimeout(resolve, 300);
            return void res.once("drain", more);
          }
        }
        res.end();
      };
      more();
    };
  });
  const req = start("GET");
  req.end();
  const [res] = await once(req, "response");
  res.pause();
  await stalled;
  // What sockets and buffers on the way hold; far from the whole.
  expect(written).toBeLessThan(total / 2);
  let received = 0;
  res.on("data", (piece: Buffer) => {
    received += piece.length;
  });
  res.resume();
  await once(res, "end");
  expect(received).toBe(total);
});

test("a backend that does not read holds the client back", async () => {
  let begin: () => void = () => undefined;
  let length = 0;
  fixture.backend.answer = (req, res) => {
    req.pause();
    begin = () => {
      req.on("data", (piece: Buffer) => {
        length += piece.length;
      });
      req.on("end", () => res.end("done"));
      req.resume();
    };
  };
  // The sockets on the way hold some ten megabytes by themselves.
  const gateway = await startGateway(inject("databaseUrl"), { env: { GATEWAY_BODY_MB: "50" } });
  const total = 40 * MEGABYTE;
  const req = start("POST", { "content-length": String(total) }, gateway.address);
  let sent = 0;
  const piece = Buffer.alloc(MEGABYTE / 4);
  let blocked = false;
  while (sent < total && !blocked) {
    sent += piece.length;
    if (!req.write(piece)) blocked = !(await Promise.race([once(req, "drain").then(() => true), quiet()]));
  }
  expect(blocked).toBe(true);
  begin();
  while (sent < total) {
    sent += piece.length;
    if (!req.write(piece)) await once(req, "drain");
  }
  req.end();
  const [res] = await once(req, "response");
  await once(res.resume(), "end");
  await gateway.stop();
  expect(length).toBe(total);
});

/** Resolves with false when nothing has drained for a while. */
const quiet = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), 300));

test("a client that goes away ends the backend's call", async () => {
  const ended = new Promise<void>((resolve) => {
    fixture.backend.answer = (_req, res) => {
      res.writeHead(200);
      res.write("first");
      res.on("close", resolve);
    };
  });
  const req = start("GET");
  req.on("error", () => undefined);
  req.end();
  const [res] = await once(req, "response");
  res.on("error", () => undefined);
  await once(res, "data");
  req.destroy();
  await ended;
});

test("a client that goes away before an answer ends the backend's call", async () => {
  const socket = await open();
  const ended = new Promise<void>((resolve) => {
    fixture.backend.answer = (_req, res) => {
      res.on("close", resolve);
      socket.destroy();
    };
  });
  socket.write(`GET ${path}/stream HTTP/1.1\r\nHost: a\r\n\r\n`);
  await ended;
});

test("100 Continue is sent when the backend is called, and not before a refusal", async () => {
  fixture.backend.answer = undefined;
  const req = start("POST", { expect: "100-continue", "content-length": "4" });
  req.flushHeaders();
  await once(req, "continue");
  req.end("body");
  const [res] = await once(req, "response");
  expect([res.statusCode, fixture.backend.calls.at(-1)?.body]).toEqual([200, "body"]);
  await once(res.resume(), "end");
});

test("a thousand idle connections leave another client alone (T21)", async () => {
  const idle = await Promise.all(Array.from({ length: 1_000 }, () => open()));
  for (const socket of idle) socket.write(`POST ${path}/stream HTTP/1.1\r\nHost: a\r\nContent-`);
  for (let i = 0; i < 20; i += 1) {
    const req = start("GET");
    req.end();
    const [res] = await once(req, "response");
    expect(res.statusCode).toBe(200);
    await once(res.resume(), "end");
  }
  expect(idle.filter((socket) => socket.closed)).toEqual([]);
  for (const socket of idle) socket.destroy();
});
