import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { MemoryBudget } from "#gateway/admission/memory-budget.ts";
import { definition, startTestGateway, type TestGateway } from "#gateway/assembly/test-gateway.ts";
import { open, sendRaw } from "#gateway/conformance/kit/client.ts";
import { BodyHold } from "./body-hold.ts";

// Chunked bodies over real sockets. Whatever becomes of a body, the memory that it took is given back.

const MEGABYTE = 1024 * 1024;

let t: TestGateway;
let head = "";
/** An API whose backend accepts connections, and never says a word. */
let waiting = "";
const mute = createServer();
/** Without policies. */
const plain = (source: string) => source.slice(0, source.indexOf("x-ibm-configuration"));
const headOf = (basePath: string) =>
  `POST /acme/sandbox${basePath}/open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
const held = () => t.gateway.admission.heldBodies;

beforeAll(async () => {
  t = await startTestGateway();
  const { source, basePath } = definition("execute: []");
  await t.put(plain(source));
  head = headOf(basePath);
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  const slow = definition("execute: []");
  waiting = slow.basePath;
  await t.put(plain(slow.source), `https://127.0.0.1:${(mute.address() as AddressInfo).port}`);
});
beforeEach(() => {
  t.gateway.bodyBytesMax = 10 * MEGABYTE;
  t.backend.answer = undefined;
  t.backend.calls.length = 0;
});
afterAll(async () => {
  mute.close();
  await t.stop();
});

const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${"b".repeat(bytes)}\r\n`;
const END = "0\r\n\r\n";
const lengthAndCoding = () => [t.backend.header("content-length"), t.backend.header("transfer-encoding")];

/** A client that begins a body. */
async function begin(bytes: number): Promise<Socket> {
  const socket = await open(t.base);
  socket.on("error", () => undefined).resume();
  socket.write(head + chunk(bytes));
  return socket;
}

test.each([
  ["empty", 0],
  ["of one byte", 1],
  ["as long as leaves with its headers", 65_536],
  ["a byte longer", 65_537],
  ["of a megabyte and some", MEGABYTE + 7],
  ["as long as the limit", 10 * MEGABYTE],
])("a body %s that comes without a pause goes out whole, with its length", async (_what, bytes) => {
  const pieces = Array.from({ length: 100 }, () => chunk(Math.floor(bytes / 100))).filter(
    (piece) => piece !== chunk(0),
  );
  const rest = bytes - Math.floor(bytes / 100) * 100;
  const answer = await sendRaw(head + pieces.join("") + (rest > 0 ? chunk(rest) : "") + END, t.base);
  expect([answer.statuses, t.backend.calls.at(-1)?.body.length]).toEqual([[200], bytes]);
  expect(t.backend.calls.at(-1)?.body).toBe("b".repeat(bytes));
  expect(lengthAndCoding()).toEqual([[String(bytes)], []]);
  expect(held().used).toBe(0);
});

test("a body that pauses streams, and its memory is given back before it ends", async () => {
  const socket = await begin(MEGABYTE);
  await expect.poll(() => t.backend.calls.at(-1)?.body.length).toBe(MEGABYTE);
  expect([lengthAndCoding(), held().used]).toEqual([[[], ["chunked"]], 0]);
  socket.write(chunk(3) + END);
  const [text] = await once(socket, "data");
  expect([String(text).slice(0, 12), t.backend.calls.at(-1)?.body.length]).toEqual(["HTTP/1.1 200", MEGABYTE + 3]);
  socket.destroy();
});

test("a body larger than what is held streams, and arrives whole", async () => {
  t.gateway.bodyBytesMax = 40 * MEGABYTE;
  const answer = await sendRaw(head + chunk(MEGABYTE).repeat(24) + END, t.base);
  expect([answer.statuses, t.backend.calls.at(-1)?.body.length]).toEqual([[200], 24 * MEGABYTE]);
  expect([lengthAndCoding(), held().used]).toEqual([[[], ["chunked"]], 0]);
});

test("a body over the limit is 413, and its memory is given back (T20)", async () => {
  const answer = await sendRaw(head + chunk(MEGABYTE).repeat(10) + chunk(1) + END, t.base);
  expect([answer.statuses, answer.closed, t.backend.calls, held().used]).toEqual([[413], true, [], 0]);
});

test("a client that goes away while its body is held takes nothing with it", async () => {
  const socket = await open(t.base);
  socket.on("error", () => undefined);
  socket.write(head);
  // It never pauses, and the last that comes is the end of its connection.
  for (let i = 0; i < 4; i += 1) socket.write(chunk(MEGABYTE));
  await expect.poll(() => held().used, { interval: 1 }).toBeGreaterThan(0);
  socket.resetAndDestroy();
  await expect.poll(() => [held().used, t.gateway.inFlight]).toEqual([0, 0]);
});

test("what waits for its backend stays counted, until the client goes away", async () => {
  const socket = await open(t.base);
  socket.on("error", () => undefined);
  const connected = once(mute, "connection") as Promise<[Socket]>;
  socket.write(headOf(waiting) + chunk(MEGABYTE).repeat(10) + END);
  // It accepted the connection, and the handshake does not go on.
  const [peer] = await connected;
  peer.on("error", () => undefined);
  expect(held().used).toBeGreaterThan(9 * MEGABYTE);
  socket.destroy();
  await expect.poll(() => [held().used, t.gateway.inFlight]).toEqual([0, 0]);
  peer.destroy();
});

test("a body whose backend cannot be had gives its memory back", async () => {
  mute.on("connection", (peer) => peer.destroy());
  const answer = await sendRaw(headOf(waiting) + chunk(MEGABYTE).repeat(10) + END, t.base);
  expect([answer.statuses, held().used]).toEqual([[502], 0]);
});

test("when the budget is used up a long body streams, a short one is still held, and both arrive whole", async () => {
  const others = held().lease();
  let taken = 0;
  while (others.take(MEGABYTE)) taken += MEGABYTE;
  expect(taken).toBe(64 * MEGABYTE);
  const long = await sendRaw(head + chunk(MEGABYTE) + END, t.base);
  expect([long.statuses, t.backend.calls.at(-1)?.body]).toEqual([[200], "b".repeat(MEGABYTE)]);
  expect(lengthAndCoding()).toEqual([[], ["chunked"]]);
  await sendRaw(head + chunk(60_000) + END, t.base);
  expect([lengthAndCoding(), t.backend.calls.at(-1)?.body.length]).toEqual([[["60000"], []], 60_000]);
  // Nothing is left to hold it with: it is cut off at the limit.
  const large = await sendRaw(head + chunk(MEGABYTE).repeat(10) + chunk(1) + END, t.base);
  expect([large.statuses, t.backend.calls.at(-1)?.complete]).toEqual([[413], false]);
  expect(held().used).toBe(taken);
  others.end();
});

test("a body in the smallest chunks takes no more memory than in large ones", () => {
  const budget = new MemoryBudget(64 * MEGABYTE);
  const hold = new BodyHold(budget.lease());
  const byte = Buffer.from("b");
  for (let i = 0; i < MEGABYTE; i += 1) hold.add(byte);
  expect(hold.bytes).toBe(MEGABYTE);
  expect(budget.used).toBeLessThanOrEqual(MEGABYTE);
  hold.drop();
  expect(budget.used).toBe(0);
});

test("what comes out is what came in, whatever the pieces", () => {
  // Lengths that make copies, pieces that are kept, and blocks that are left half full.
  const lengths = Array.from(
    { length: 400 },
    (_, i) => [1, 4_095, 4_096, 17, 9_001, 65_536, 3, 2_000][(i * i) % 8] ?? 1,
  );
  const pieces = lengths.map((length, i) => Buffer.alloc(length, String.fromCharCode(97 + (i % 26))));
  for (const most of [64 * MEGABYTE, 2 * MEGABYTE, 0]) {
    const budget = new MemoryBudget(most);
    const hold = new BodyHold(budget.lease());
    const taken: Buffer[] = [];
    for (const piece of pieces) {
      taken.push(piece);
      if (!hold.add(piece)) break;
    }
    expect(taken.length === pieces.length).toBe(most === 64 * MEGABYTE);
    const out: Buffer[] = [];
    for (let block = hold.next(); block; block = hold.next()) out.push(block);
    expect(Buffer.concat(out).equals(Buffer.concat(taken))).toBe(true);
    expect([hold.bytes, budget.used]).toEqual([Buffer.concat(taken).length, 0]);
  }
});
