import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Admission } from "./admission/admission.ts";
import { open, sendRaw } from "./conformance/kit/client.ts";
import { type OwnListener, startOwnListener } from "./conformance/kit/own-listener.ts";
import { type RawBackend, startRawBackend } from "./conformance/kit/raw-backend.ts";
import { callsWaiting, WAITING_BYTES_MAX, WAITING_MAX } from "./turns.ts";

// What one connection and one address may hold of the gateway, whatever they send (T21).

let backend: RawBackend;
let listener: OwnListener;
const OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
const CALL = "GET /acme/sandbox/raw/x HTTP/1.1\r\nHost: a\r\n\r\n";
const JUNK = "GET /a/b HTTP/1.1\r\nHost: a\r\n\r\n";

beforeEach(async () => {
  backend = await startRawBackend();
  backend.answer = (socket) => void socket.end(OK);
});
afterEach(async () => {
  listener.stop();
  await backend.stop();
});
async function start(admission?: Admission): Promise<void> {
  listener = await startOwnListener(admission);
  listener.put("/raw", backend.url);
}

/** A connection that sends and does not read. */
async function flood(bytes: string, from = "127.0.0.1"): Promise<Socket> {
  const { hostname: host, port } = new URL(listener.base);
  const socket = connect({ host, port: Number(port), localAddress: from });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(bytes);
  return socket;
}

/** All that comes on a connection until the gateway ends it. */
async function read(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
  });
  await once(socket, "close");
  return text;
}

const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));

/** The most calls in flight and waiting while `work` runs. */
async function peakDuring(work: () => Promise<void>): Promise<{ inFlight: number; waiting: number }> {
  const peak = { inFlight: 0, waiting: 0 };
  let done = false;
  const look = () => {
    peak.inFlight = Math.max(peak.inFlight, listener.gateway.inFlight);
    peak.waiting = Math.max(peak.waiting, callsWaiting());
    if (!done) setImmediate(look);
  };
  look();
  await work();
  done = true;
  return peak;
}

test.each([
  ["junk", JUNK, 404],
  ["calls", CALL, 200],
  ["calls that the backend does not answer yet", CALL, 200],
  ["junk by HEAD", JUNK.replace("GET", "HEAD"), 404],
  ["junk with bodies", `${JUNK.replace("GET", "POST").slice(0, -2)}Content-Length: 3\r\n\r\nabc`, 404],
])(
  "of 60,000 pipelined requests, %s, one is a call, 16 wait and the others are never read (F1)",
  async (what, one, status) => {
    await start();
    const held: Socket[] = [];
    if (what.includes("yet")) backend.answer = (socket) => void held.push(socket);
    let floods: Socket[] = [];
    const peak = await peakDuring(async () => {
      floods = await Promise.all(Array.from({ length: 4 }, () => flood(one.repeat(60_000))));
      if (what.includes("yet")) await expect.poll(() => held.length).toBe(4);
      const honest = await sendRaw(JUNK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), listener.base);
      expect(honest.statuses).toEqual([404]);
      backend.answer = (socket) => void socket.end(OK);
      for (const socket of held) socket.end(OK);
      for (const text of await Promise.all(floods.map(read))) {
        expect(statusesIn(text)).toEqual(Array(1 + WAITING_MAX).fill(status));
      }
    });
    expect(peak.inFlight).toBeLessThanOrEqual(4 + 1);
    expect(peak.waiting).toBeLessThanOrEqual(4 * WAITING_MAX);
    await expect.poll(() => [listener.gateway.inFlight, callsWaiting()]).toEqual([0, 0]);
  },
);

test("of heads that wait a connection holds 64 KB at most, and those are answered (F1)", async () => {
  await start();
  const large = CALL.replace("\r\n\r\n", `\r\nX-Large: ${"l".repeat(15_000)}\r\n\r\n`);
  const wait = Math.floor(WAITING_BYTES_MAX / large.length);
  const socket = await flood(CALL + large.repeat(100));
  expect(statusesIn(await read(socket))).toEqual(Array(1 + wait).fill(200));
});

test("a call that waits counts when it is its turn (F1)", async () => {
  await start(new Admission({ callsMax: 2 }));
  const held: Socket[] = [];
  backend.answer = (socket) => void held.push(socket);
  const client = await flood(CALL.repeat(5));
  await expect.poll(() => [held.length, listener.gateway.inFlight, callsWaiting()]).toEqual([1, 1, 4]);
  backend.answer = (socket) => void socket.end(OK);
  const other = await sendRaw(CALL.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), listener.base);
  expect(other.statuses).toEqual([200]);
  let text = "";
  client.on("data", (piece) => {
    text += piece.toString("latin1");
  });
  held[0]?.end(OK);
  await expect.poll(() => statusesIn(text)).toEqual([200, 200, 200, 200, 200]);
  client.destroy();
});

test("pipelined calls are answered one after the other, in order, bodies and all", async () => {
  await start();
  const heads: string[] = [];
  backend.answer = (socket, body, head) => {
    heads.push(`${/X-N: (\d+)/.exec(head)?.[1]}${body}`);
    socket.end(OK);
  };
  const calls = Array.from({ length: 1 + WAITING_MAX }, (_, i) =>
    i % 2
      ? CALL.replace("\r\n\r\n", `\r\nX-N: ${i}\r\n\r\n`)
      : CALL.replace("GET", "POST").replace("\r\n\r\n", `\r\nX-N: ${i}\r\nContent-Length: 1\r\n\r\n!`),
  );
  const answer = await sendRaw(calls.join(""), listener.base);
  expect(answer.statuses).toEqual(calls.map(() => 200));
  expect([heads, answer.closed]).toEqual([calls.map((_, i) => (i % 2 ? `${i}` : `${i}!`)), false]);
});

test.each([
  ["an address", "127.0.0.2", "127.0.0.3", ""],
  ["a /64 of IPv6 behind a proxy", "127.0.0.1", "127.0.0.1", "127.0.0.1"],
])(
  "%s has its share of the calls in flight, and others notice nothing (F1)",
  async (what, from, other, trustedProxies) => {
    await start(new Admission({ callsMax: 100, callsPerAddress: 3, trustedProxies }));
    const held: Socket[] = [];
    backend.answer = (socket) => void held.push(socket);
    const behind = (address: string) => {
      if (!what.includes("proxy")) return CALL;
      return CALL.replace("\r\n\r\n", `\r\nX-Forwarded-For: ${address}\r\n\r\n`);
    };
    const floods = [];
    for (let i = 0; i < 3; i += 1) floods.push(await flood(behind(`2001:db8::${i}`), from));
    await expect.poll(() => held.length).toBe(3);
    const over = await flood(behind("2001:db8::ffff:9"), from);
    expect(String((await once(over, "data"))[0])).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*OVERLOADED/);
    expect(listener.ended.at(-1)?.refused?.cause).toBe("address-share");
    backend.answer = (socket) => void socket.end(OK);
    const honest = await flood(behind("2001:db8:0:1::1"), other);
    expect(String((await once(honest, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of held) socket.end(OK);
    await Promise.all(floods.map((socket) => once(socket, "data")));
    over.write(behind("2001:db8::7"));
    expect(String((await once(over, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of [...floods, over, honest]) socket.destroy();
    await expect.poll(() => [listener.gateway.admission.shares.size, listener.gateway.inFlight]).toEqual([0, 0]);
  },
);

test("an address has so many connections, the next is closed at once, and others notice nothing (F1)", async () => {
  await start(new Admission({ connectionsPerAddress: 5, connectionsMax: 7 }));
  const { shares } = listener.gateway.admission;
  const five = await Promise.all(Array.from({ length: 5 }, () => flood("", "127.0.0.2")));
  await expect.poll(() => shares.connections).toBe(5);
  const sixth = await flood("", "127.0.0.2");
  await once(sixth.resume(), "close");
  expect((await sendRaw(JUNK, listener.base)).statuses).toEqual([404]);
  five[0]?.destroy();
  await expect.poll(() => shares.connections).toBe(4);
  const again = await flood(JUNK, "127.0.0.2");
  expect(String((await once(again, "data"))[0])).toMatch(/^HTTP\/1\.1 404 /);
  // All addresses together.
  const more = await Promise.all(Array.from({ length: 2 }, () => open(listener.base)));
  await expect.poll(() => shares.connections).toBe(7);
  const last = await flood("", "127.0.0.4");
  await once(last.resume(), "close");
  expect(shares.turnedAway).toBe(2);
  for (const socket of [...five, again, ...more]) socket.destroy();
  await expect.poll(() => [shares.connections, shares.size]).toEqual([0, 0]);
});

test("a trusted proxy has as many connections as it needs (F1)", async () => {
  await start(new Admission({ connectionsPerAddress: 2, callsPerAddress: 2, trustedProxies: "127.0.0.1" }));
  const sockets = await Promise.all(Array.from({ length: 10 }, () => open(listener.base)));
  sockets.forEach(
    (socket, i) => void socket.write(CALL.replace("\r\n\r\n", `\r\nX-Forwarded-For: 192.0.2.${i}\r\n\r\n`)),
  );
  const answers = await Promise.all(sockets.map((socket) => once(socket, "data")));
  expect(answers.map(([piece]) => String(piece).slice(9, 12))).toEqual(sockets.map(() => "200"));
  for (const socket of sockets) socket.destroy();
});

const LONG = "l".repeat(12_000_000);
const CHUNK = LONG.slice(0, 1_200_000);
const LONG_ANSWERS = {
  "with a length": `Content-Length: ${LONG.length}\r\n\r\n${LONG}`,
  "in chunks": `Transfer-Encoding: chunked\r\n\r\n${`${CHUNK.length.toString(16)}\r\n${CHUNK}\r\n`.repeat(10)}0\r\n\r\n`,
  "as long as it comes": `Content-Type: text/event-stream\r\n\r\n${LONG}`,
};
const BEHIND = {
  "more calls than may wait": CALL.repeat(40),
  "a CONNECT": "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
  "what is no HTTP": "garbage\r\n\r\n",
  "more bodies than may wait": CALL.replace("GET", "POST")
    .replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n!")
    .repeat(40),
  "more heads than may wait": CALL.replace("\r\n\r\n", `\r\nX-Large: ${"l".repeat(15_000)}\r\n\r\n`).repeat(10),
};

test.each([
  ["with a length", "more calls than may wait", "with it"],
  ["in chunks", "more calls than may wait", "behind other calls"],
  ["as long as it comes", "more calls than may wait", "while it is read"],
  ["in chunks", "a CONNECT", "with it"],
  ["with a length", "a CONNECT", "while it is read"],
  ["with a length", "what is no HTTP", "behind other calls"],
  ["in chunks", "more bodies than may wait", "while it is read"],
  ["with a length", "more heads than may wait", "with it"],
])("a long answer %s comes to its end, though %s came on its connection %s (F1)", async (how, what, when) => {
  await start();
  const behind = BEHIND[what as keyof typeof BEHIND];
  backend.answer = (socket, _body, head) => {
    const isLong = head.includes("X-Long");
    socket.end(
      isLong ? `HTTP/1.1 200 OK\r\nConnection: close\r\n${LONG_ANSWERS[how as keyof typeof LONG_ANSWERS]}` : OK,
    );
  };
  const asks = CALL.replace("\r\n\r\n", "\r\nX-Long: yes\r\n\r\n");
  const client = await flood(
    when === "behind other calls" ? CALL.repeat(2) + asks + behind : when === "with it" ? asks + behind : asks,
  );
  if (when === "while it is read") {
    await once(client, "readable");
    client.write(behind);
  }
  const text = await read(client);
  expect(text.split("l").length - 1).toBeGreaterThanOrEqual(LONG.length);
  expect(listener.ended.find(({ responseBytes }) => responseBytes >= LONG.length)?.refused).toBeUndefined();
});
