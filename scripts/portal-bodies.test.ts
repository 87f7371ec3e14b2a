import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PortalBodies } from "./portal-bodies.ts";

let server: Server;
let port: number;
/** What the listeners behind the guard heard: the length that they were told, and the bytes. */
let heard: { length: string | undefined; body: Buffer; path: string }[];
/** Answers of the listeners wait for this. */
let answering: Promise<void>;
let status: number;
const open: Socket[] = [];

beforeEach(async () => {
  heard = [];
  answering = Promise.resolve();
  status = 200;
  server = createServer(async (request, response) => {
    heard.push({ length: request.headers["content-length"], body: await buffer(request), path: request.url ?? "" });
    await answering;
    response.writeHead(status).end("heard");
  });
  new PortalBodies().guard(server, ({ headers }: IncomingMessage) => String(headers["x-from"]));
  await once(server.listen(0, "127.0.0.1"), "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await new Promise((done) => server.close(done));
});

interface Sent {
  path?: string;
  method?: string;
  from?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** In place of the body's own. */
  length?: number;
}

/** Sends a request on a connection of its own; the status of its answer once there is one. */
function send({ path = "/sign-up", method = "POST", from = "a", headers = {}, body = "", length }: Sent) {
  const socket = connect(port, "127.0.0.1");
  open.push(socket);
  socket.on("error", () => {});
  const framing = headers["Transfer-Encoding"]
    ? {}
    : { "Content-Length": String(length ?? Buffer.byteLength(body as string)) };
  const lines = Object.entries({ Host: "a", "X-From": from, ...framing, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  socket.write(body);
  return new Promise<number>((tell) => {
    socket.once("data", (data) => tell(Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString("latin1"))?.[1])));
    socket.once("close", () => tell(0));
  });
}
const action = { "Next-Action": "00" };
const inChunks = { ...action, "Transfer-Encoding": "chunked" };
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

test("a body is whole and of known length when the portal begins with it, also one in chunks (F64)", async () => {
  const bytes = Buffer.alloc(1024 * 1024, "ab");
  expect(await send({ body: bytes })).toBe(200);
  expect(await send({ headers: inChunks, body: `${chunk("[{")}${chunk("}]")}0\r\n\r\n` })).toBe(200);
  expect(await send({ headers: inChunks, body: "0\r\n\r\n" })).toBe(200);
  const begun = once(server, "request");
  const late = send({ headers: inChunks });
  await begun;
  open.at(-1)?.write("0\r\n\r\n");
  expect(await late).toBe(200);
  expect(await send({ method: "GET" })).toBe(200);
  expect(heard.map(({ length, body }) => [length, body.length])).toEqual([
    ["1048576", 1_048_576],
    ["4", 4],
    [undefined, 0],
    ["0", 0],
    ["0", 0],
  ]);
  expect(heard[0]?.body.equals(bytes)).toBe(true);
  expect(heard[1]?.body.toString()).toBe("[{}]");
});

test("of a body beyond 1 MB nothing is kept, whatever it announces, and wherever it is sent (F64)", async () => {
  const long = "a".repeat(600_000);
  for (const path of ["/sign-up", "/no-such-page", "/_next/x", "/oidc/x", "/api/explore/calls", "/oidc/token/"]) {
    expect(await send({ path, length: 1_048_577 })).toBe(413);
    expect(await send({ path, headers: inChunks, body: chunk(long) + chunk(long) })).toBe(413);
  }
  expect(heard).toEqual([]);
});

test("routes that know whose body it is read it themselves (F64)", async () => {
  const id = "01a2253e-dd46-71e7-acc2-0b9aaf2fe9fb";
  const routes = ["import/run", ...["preview", "save", "source", "test-call"].map((name) => `${id}/${name}`)];
  const body = Buffer.alloc(2_000_000, "a");
  for (const path of ["/oidc/token", "/api/explore/call", ...routes.map((r) => `/provider/acme/drafts/apis/${r}`)]) {
    expect(await send({ path, body })).toBe(200);
    expect(heard.pop()).toMatchObject({ path, length: "2000000" });
  }
});

test("sixteen bodies of one address are under way, and they take no place of others (F64)", async () => {
  const held = Array.from({ length: 20 }, () => send({ from: "a", length: 10, body: "slow" }));
  expect(await Promise.all(held.slice(16))).toEqual([503, 503, 503, 503]);
  expect(await send({ from: "b", body: "x" })).toBe(200);
  for (const socket of open.slice(0, 16)) socket.write("er now");
  expect(await Promise.all(held.slice(0, 16))).toEqual(Array(16).fill(200));
  expect(await send({ from: "a", body: "x" })).toBe(200);
});

test("an address holds its places until it is answered, and has them back when it goes (F64)", async () => {
  const gate = Promise.withResolvers<void>();
  answering = gate.promise;
  const held = Array.from({ length: 16 }, () => send({ from: "a", body: "x" }));
  await expect.poll(() => heard.length).toBe(16);
  expect(await send({ from: "a", body: "x" })).toBe(503);
  for (const socket of open.slice(0, 8)) socket.destroy();
  gate.resolve();
  expect((await Promise.all(held)).slice(8)).toEqual(Array(8).fill(200));
  await expect.poll(() => send({ from: "a", body: "x" })).toBe(200);
});

test("bodies that do not come keep nobody out, from however many addresses (F64)", async () => {
  const held = Array.from({ length: 140 }, (_, n) => send({ from: `slow-${n}`, length: 10, body: "s" }));
  // 128 places: the others are told so.
  expect(await Promise.all(held.slice(128))).toEqual(Array(12).fill(503));
  // Once they have had their second, the oldest makes room.
  await expect.poll(() => send({ from: "honest", body: "x" })).toBe(200);
  expect(await held[0]).toBe(503);
});

test.each([
  ["a hundred thousand parts", `${"--B\r\n\r\n\r\n".repeat(100_000)}--B--\r\n`, "multipart/form-data; boundary=B"],
  ["a hundred thousand levels", "[".repeat(100_000) + "]".repeat(100_000), "text/plain"],
  ["levels behind closed ones", `["${"]".repeat(500)}",${"[".repeat(500)}${"]".repeat(500)}]`, "text/plain"],
  ["levels of objects", `[${'{"a":'.repeat(500)}1${"}".repeat(500)}]`, "text/plain"],
  ["levels in a part", `--B\r\n\r\n${"[".repeat(500)}\r\n--B--`, "Multipart/Form-Data; boundary=B"],
  [
    "levels behind an odd quote",
    `--B\r\nname=x"\r\n\r\n${"[".repeat(500)}\r\n--B--`,
    "multipart/form-data; boundary=B",
  ],
])("arguments of %s are refused before they are taken apart (F3, F64)", async (_what, body, contentType) => {
  expect(await send({ headers: { ...action, "Content-Type": contentType }, body })).toBe(400);
  expect(heard).toEqual([]);
});

test("brackets in a text are text, as many as a person likes (F64)", async () => {
  const body = JSON.stringify([{ text: `${"[{".repeat(5_000)} \\" ${'"'.repeat(50)} ${"[".repeat(500)}` }]);
  expect(await send({ headers: { ...action, "Content-Type": "text/plain" }, body })).toBe(200);
});

test("what an action's arguments fail at is the sender's fault, and nothing else is (F64)", async () => {
  status = 500;
  expect(await send({ headers: action, body: "junk" })).toBe(400);
  expect(await send({ headers: action })).toBe(400);
  expect(await send({ body: "junk" })).toBe(500);
});

test("a file is read, and nothing else is done with it (F61)", async () => {
  for (const path of ["/mark.svg", "/favicon.ico?x"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
      expect(await send({ path, method, body: method === "TRACE" ? "" : "x" })).toBe(405);
    }
    expect(await send({ path, method: "GET" })).toBe(200);
  }
  expect(heard).toHaveLength(2);
});
