import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { CallMetrics } from "#gateway/admin/call-metrics.ts";
import type { Gateway } from "#gateway/call.ts";
import { open } from "#gateway/conformance/kit/client.ts";
import { operation } from "#gateway/conformance/kit/own-fixture.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { SharedLimits } from "#gateway/limits/shared-limits.ts";
import { createGatewayServer } from "#gateway/server.ts";
import { compileApi } from "#gateway/snapshot/compile-api.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { Upstreams } from "#gateway/upstream/upstreams.ts";
import { newId } from "#lib/ids.ts";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import { Admission } from "./admission.ts";

// A real listener and real sockets; only the moment of a sweep is ours.

// The clock stands: how long a test takes is no part of how slow a body is.
vi.useFakeTimers({ toFake: ["performance"] });
afterAll(() => void vi.useRealTimers());

let backend: RecordingBackend;
let server: Server;
let gateway: Gateway;
let base = "";

beforeAll(async () => {
  backend = await startBackend();
  const snapshot = new Snapshot();
  const compiled = {
    format: 1,
    basePath: "/base",
    enforced: true,
    schemes: {},
    forwardsAuthorization: false,
    operations: [operation("POST", "/x")],
  };
  const place = {
    catalogId: "c",
    catalogSlug: "sandbox",
    catalogKind: "sandbox" as const,
    organizationId: "o",
    pathPrefix: "acme",
  };
  const row = {
    id: "api",
    apiDefinitionId: "api",
    ...place,
    basePath: "/base",
    compiled,
    backend: backendRow(backend.url),
  };
  snapshot.putApi(compileApi(row));
  gateway = {
    snapshot,
    upstreams: new Upstreams({ allow: ["127.0.0.0/8"] }),
    recorder: { add: () => undefined },
    metrics: new CallMetrics(),
    limits: new SharedLimits({ id: newId(), address: "" }, { mayBeAlone: false }),
    admission: new Admission(),
    publicProtocol: "http",
    bodyBytesMax: 100_000_000,
    ready: true,
    draining: false,
    inFlight: 0,
  } as unknown as Gateway;
  server = createGatewayServer(gateway).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  backend.answer = undefined;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await gateway.upstreams.close();
  await backend.stop();
});

/** Begins an upload; gives what came back, and a promise of the end of the connection. */
async function upload(first: string, length = 1_000_000, target = "/acme/sandbox/base/x") {
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const socket = await open(base);
  const [peer] = await accepted;
  let text = "";
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
  });
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  const sizeBefore = gateway.admission.bodies.size;
  socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${first}`);
  await eventually(() => expect(gateway.admission.bodies.size).toBe(sizeBefore + 1));
  return { socket, peer, closed, text: () => text };
}
const later = (ms: number) => performance.now() + ms;

test("a body that trickles is 408, its connection and its backend call end (T21)", async () => {
  const ended = new Promise((done) => {
    backend.answer = (req) => void req.on("close", done);
  });
  const before = backend.calls.length;
  const slow = await upload("a");
  await eventually(() => expect(backend.calls.length).toBe(before + 1));
  gateway.admission.bodies.sweep(later(9_000));
  expect(slow.text()).toBe("");
  gateway.admission.bodies.sweep(later(10_001));
  await slow.closed;
  expect(slow.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
  await ended;
  await eventually(() => {
    gateway.admission.bodies.sweep(performance.now());
    expect(gateway.admission.bodies.size).toBe(0);
  });
});

test("what is left of a body after its refusal is watched as well, since it keeps the connection (T21)", async () => {
  const refused = await upload("a", 60_000, "/acme/sandbox/nowhere");
  await eventually(() => expect(refused.text()).toMatch(/^HTTP\/1\.1 404 /));
  const before = refused.peer.bytesRead;
  refused.socket.write("a".repeat(5_000));
  await eventually(() => expect(refused.peer.bytesRead).toBe(before + 5_000));
  gateway.admission.bodies.sweep(later(10_001));
  expect(refused.socket.closed).toBe(false);
  gateway.admission.bodies.sweep(later(20_002));
  await refused.closed;
  expect(refused.text()).not.toContain("HTTP/1.1 408");
});

test("a body that moves is left alone, as long as it does", async () => {
  const moving = await upload("a".repeat(10_000));
  await eventually(() => expect(backend.calls.at(-1)?.body.length).toBe(10_000));
  gateway.admission.bodies.sweep(later(10_001));
  expect(moving.text()).toBe("");
  gateway.admission.bodies.sweep(later(20_003));
  await moving.closed;
  expect(moving.text()).toMatch(/^HTTP\/1\.1 408 /);
});

test("a body that the gateway reads itself has two minutes, however well it moves", async () => {
  const reading = await upload("a", 16_000, "/oidc/token");
  for (const seconds of [10, 119]) {
    const before = reading.peer.bytesRead;
    reading.socket.write("a".repeat(5_000));
    await eventually(() => expect(reading.peer.bytesRead).toBe(before + 5_000));
    gateway.admission.bodies.sweep(later(seconds * 1_000));
    expect(reading.text()).toBe("");
  }
  gateway.admission.bodies.sweep(later(120_001));
  await reading.closed;
  expect(reading.text()).toMatch(/^HTTP\/1\.1 408 /);
});

test("a client that waits for its backend is not slow", async () => {
  backend.answer = (req) => void req.pause();
  const waiting = await upload("", 50_000_000);
  waiting.socket.write("a".repeat(49_999_999));
  // The gateway stops reading once what it holds for the backend is full, and the client's own buffer stays full too.
  let before = -1;
  const settled = () => {
    const left = waiting.socket.writableLength;
    const same = left > 0 && left === before;
    before = left;
    return same;
  };
  await expect.poll(settled, { interval: 300, timeout: 10_000 }).toBe(true);
  gateway.admission.bodies.sweep(later(10_001));
  gateway.admission.bodies.sweep(later(20_002));
  expect(waiting.text()).toBe("");
  waiting.socket.destroy();
  await waiting.closed;
});
