import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BodyTooLargeError, RequestBody } from "./request-body.ts";

// A real request over a real socket; the test is the backend that takes its body.

const server = createServer();
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A request that has begun, and a way to go on with it. */
async function begin(bytesMax: number) {
  const arrived = once(server, "request") as Promise<[IncomingMessage]>;
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => undefined);
  client.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const [req] = await arrived;
  return { client, body: new RequestBody(req, bytesMax), req };
}

test("chunks of a byte that wait for the backend leave together, in order", async () => {
  const { client, body } = await begin(100_000);
  const text = "abcdefghij".repeat(6_000);
  client.write([...text].map((byte) => `1\r\n${byte}\r\n`).join(""));
  await expect.poll(() => body.bytes).toBe(60_000);
  client.write("0\r\n\r\n");
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(text);
  expect(pieces.length).toBeLessThan(20);
});

test("a client whose backend takes nothing is held back, and goes on when it does", async () => {
  const total = 32 * 1024 * 1024;
  const req = request({ port: (server.address() as AddressInfo).port, method: "POST", agent: false });
  req.on("error", () => undefined);
  const arrived = once(server, "request") as Promise<[IncomingMessage]>;
  req.end(Buffer.alloc(total, "c"));
  const [incoming] = await arrived;
  const body = new RequestBody(incoming, total);
  await expect.poll(() => incoming.isPaused()).toBe(true);
  expect(body.bytes).toBeLessThan(1024 * 1024);
  let bytes = 0;
  for await (const piece of body) bytes += piece.length;
  expect([bytes, body.bytes]).toEqual([total, total]);
  req.destroy();
});

test("a body that grows past its limit, or whose client goes away, ends with the reason", async () => {
  const large = await begin(10);
  large.client.write("b\r\n12345678901\r\n");
  await expect.poll(() => large.body.errored).toBeInstanceOf(BodyTooLargeError);
  const gone = await begin(10);
  gone.client.destroy();
  await expect.poll(() => gone.body.errored?.message).toBe("the client went away");
});
