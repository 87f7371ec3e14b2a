import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setInterval as everyMs } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operation } from "#gateway/conformance/kit/own-fixture.ts";
import {
  type OwnDatabase,
  type OwnGateway,
  startDatabase,
  startGateway,
} from "#gateway/conformance/kit/own-gateway.ts";
import { closeDb } from "#lib/db/client.ts";
import { makePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { isFull } from "./scale.ts";

// gateway.md part 8: a 1 GB upload and an event stream of an hour grow the gateway by less than 50 MB.

const MEGABYTE = 1024 * 1024;
const GROWTH_MAX = 50 * MEGABYTE;
const UPLOAD = (isFull ? 1024 : 256) * MEGABYTE;
const EVENTS = isFull ? { count: 3_600, everyMs: 1_000 } : { count: 300, everyMs: 10 };

let database: OwnDatabase;
let gateway: OwnGateway;
let backend: ReturnType<typeof createServer>;
let path = "";

/** Bytes of the answer or the upload that the backend has seen. */
let taken = 0;

async function onCall(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === "POST") {
    for await (const piece of req) taken += (piece as Buffer).length;
    res.end(String(taken));
    return;
  }
  if (req.url?.endsWith("/download")) {
    res.writeHead(200, { "content-length": String(UPLOAD) });
    const piece = Buffer.alloc(MEGABYTE, "d");
    for (let sent = 0; sent < UPLOAD; sent += piece.length) if (!res.write(piece)) await once(res, "drain");
    res.end();
    return;
  }
  res.writeHead(200, { "content-type": "text/event-stream" });
  let sent = 0;
  for await (const _ of everyMs(EVENTS.everyMs)) {
    res.write(`id: ${sent}\ndata: ${"e".repeat(200)}\n\n`);
    sent += 1;
    if (sent === EVENTS.count) break;
  }
  res.end();
}

beforeAll(async () => {
  backend = createServer((req, res) => void onCall(req, res)).listen(0, "127.0.0.1");
  backend.requestTimeout = 0;
  await once(backend, "listening");
  database = await startDatabase();
  process.env.DATABASE_URL = database.url;
  gateway = await startGateway(database.url, { env: { GATEWAY_BODY_MB: "2048" } });
  const operations = ["/upload", "/download", "/events"].map((one) =>
    operation(one === "/upload" ? "POST" : "GET", one),
  );
  const backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  path = (await publish({ place: await makePlace(), backendUrl, basePath: "/large", operations })).path;
});
afterAll(async () => {
  await gateway?.stop();
  await closeDb();
  await database?.stop();
  backend?.closeAllConnections();
  backend?.close();
});

/** Resident memory of the gateway, bytes. */
const resident = (): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${gateway.process.pid}/status`, "utf8"))?.[1]) * 1024;

/** Most of the gateway's memory while `work` runs, above what it had before. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = resident();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, resident());
  }, 20);
  await work();
  clearInterval(timer);
  return Math.max(most, resident()) - before;
}

async function upload(bytes: number, headers: Record<string, string>): Promise<string> {
  const req = request(`${gateway.address}${path}/upload`, { method: "POST", headers, agent: false });
  const answered = once(req, "response") as Promise<[IncomingMessage]>;
  const piece = Buffer.alloc(MEGABYTE, "u");
  for (let sent = 0; sent < bytes; sent += piece.length) if (!req.write(piece)) await once(req, "drain");
  req.end();
  const [res] = await answered;
  let text = "";
  for await (const part of res) text += String(part);
  return text;
}

async function read(where: string): Promise<number> {
  const req = request(`${gateway.address}${path}${where}`, { agent: false });
  req.end();
  const [res] = (await once(req, "response")) as [IncomingMessage];
  let bytes = 0;
  for await (const part of res) bytes += (part as Buffer).length;
  return bytes;
}

const lasting = isFull ? 3_900_000 : 120_000;

test.each([
  ["with a length", { "content-length": String(UPLOAD) }],
  ["in chunks", { "transfer-encoding": "chunked" }],
])(
  "a large upload %s passes whole, and the gateway does not grow with it",
  { timeout: lasting },
  async (_name, headers) => {
    // What the first calls of a process need for good is not growth with the body.
    await upload(128 * MEGABYTE, { "transfer-encoding": "chunked" });
    taken = 0;
    const growth = await growthDuring(async () => {
      expect(await upload(UPLOAD, headers)).toBe(String(UPLOAD));
    });
    console.log(`upload ${_name}: grew by ${(growth / MEGABYTE).toFixed(1)} MB`);
    expect(growth).toBeLessThan(GROWTH_MAX);
  },
);

test.runIf(isFull)("an upload on a slow line passes, however long it takes", { timeout: lasting }, async () => {
  // Twice the rate under which a body is given up, for longer than one that is held may take.
  const total = 150_000;
  const req = request(`${gateway.address}${path}/upload`, {
    method: "POST",
    headers: { "content-length": String(total) },
    agent: false,
  });
  const answered = once(req, "response") as Promise<[IncomingMessage]>;
  taken = 0;
  let sent = 0;
  for await (const _ of everyMs(100)) {
    req.write("u".repeat(100));
    sent += 100;
    if (sent === total) break;
  }
  const [res] = await answered;
  let text = "";
  for await (const part of res) text += String(part);
  expect([res.statusCode, text]).toEqual([200, String(total)]);
});

test("a large answer passes whole, and the gateway does not grow with it", { timeout: lasting }, async () => {
  const growth = await growthDuring(async () => {
    expect(await read("/download")).toBe(UPLOAD);
  });
  console.log(`download: grew by ${(growth / MEGABYTE).toFixed(1)} MB`);
  expect(growth).toBeLessThan(GROWTH_MAX);
});

test("event streams that last do not make the gateway grow", { timeout: lasting }, async () => {
  const growth = await growthDuring(async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => read("/events")));
    expect(Math.min(...streams)).toBeGreaterThan(EVENTS.count * 200);
  });
  console.log(`20 event streams: grew by ${(growth / MEGABYTE).toFixed(1)} MB`);
  expect(growth).toBeLessThan(GROWTH_MAX);
});
