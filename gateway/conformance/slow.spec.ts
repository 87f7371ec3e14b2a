import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { publish } from "#lib/test-kit/gateway-fixture.ts";
import { call, open } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";

// Clients that are slow on purpose harm themselves alone (T21).

let path = "";
ownFixture(async ({ place, backend }) => {
  const operations = [operation("GET", "/x")];
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
