import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { publish } from "#lib/test-kit/gateway-fixture.ts";
import { call, open } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";

// Clients that are slow on purpose harm themselves alone (T21).

let path = "";
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x"), operation("POST", "/x")];
  path = (await publish({ place, backendUrl: backend.url, basePath: "/slow", operations })).path;
});

const textOf = (socket: Socket): { text: string } => {
  const got = { text: "" };
  socket
    .on("error", () => undefined)
    .on("data", (piece) => {
      got.text += piece.toString("latin1");
    });
  return got;
};

test("a thousand connections that say nothing, or half a request, leave a fast client alone, and those with half a request go", async () => {
  const sockets: Socket[] = [];
  while (sockets.length < 1_000) sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => open()))));
  const half = sockets.slice(0, 500);
  const answers = half.map(textOf);
  for (const socket of sockets.slice(500)) socket.on("error", () => undefined);
  for (const socket of half) socket.write(`GET ${path}/x HTTP/1.1\r\nHost: a\r\nX-Slow: `);
  // One byte more does not buy more time.
  const drip = setInterval(() => {
    for (const socket of half) if (socket.writable) socket.write("a");
  }, 2_000);
  for (let i = 0; i < 200; i += 1) expect((await call(`${path}/x`)).status).toBe(200);
  await Promise.all(half.map((socket) => socket.closed || once(socket, "close")));
  clearInterval(drip);
  for (const { text } of answers) expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
  expect((await call(`${path}/x`)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
}, 60_000);

test("a body that drips is cut off, whatever its framing and whoever waits for it, and a fast client is left alone", async () => {
  const chunked = "Transfer-Encoding: chunked\r\n\r\n";
  const length = "Content-Length: 60000\r\n";
  const rows: [what: string, target: string, begin: string, drop: string, answer: RegExp][] = [
    ["with a length", `${path}/x`, `${length}\r\n`, "a", /^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/],
    ["in chunks", `${path}/x`, chunked, "1\r\na\r\n", /^HTTP\/1\.1 408 /],
    ["in its trailers", `${path}/x`, `${chunked}1\r\na\r\n0\r\nX-End: `, "a", /^HTTP\/1\.1 408 /],
    [
      "after 100 Continue",
      `${path}/x`,
      `${length}Expect: 100-continue\r\n\r\n`,
      "",
      /^HTTP\/1\.1 100 [\s\S]*\nHTTP\/1\.1 408 /,
    ],
    ["to the token endpoint", "/oidc/token", "Content-Length: 1000\r\n\r\n", "a", /^HTTP\/1\.1 408 /],
    ["after its refusal", "/nowhere/x", `${length}\r\n`, "a", /^HTTP\/1\.1 404 (?![\s\S]*HTTP\/1\.1)/],
    ["after the backend's answer", `${path}/x?early`, `${length}\r\n`, "a", /^HTTP\/1\.1 200 (?![\s\S]*HTTP\/1\.1)/],
  ];
  fixture.backend.answer = (req, res) => {
    if (req.method === "GET" || req.url?.endsWith("?early")) res.end("{}");
  };
  const clients = await Promise.all(
    rows.map(async ([what, target, begin, drop, answer]) => {
      const socket = await open();
      const got = textOf(socket);
      socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\n${begin}`);
      return { what, socket, got, drop, answer };
    }),
  );
  const drip = setInterval(() => {
    for (const { socket, drop } of clients) if (socket.writable && drop !== "") socket.write(drop);
  }, 500);
  for (let i = 0; i < 200; i += 1) expect((await call(`${path}/x`)).status).toBe(200);
  await Promise.all(clients.map(({ socket }) => socket.closed || once(socket, "close")));
  clearInterval(drip);
  for (const { what, got, answer } of clients) expect([what, got.text]).toEqual([what, expect.stringMatching(answer)]);
}, 60_000);
