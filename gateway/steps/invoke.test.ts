import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CallMetrics } from "#gateway/admin/call-metrics.ts";
import { Admission } from "#gateway/admission/admission.ts";
import type { Call, Gateway } from "#gateway/call.ts";
import { call, sendRaw } from "#gateway/conformance/kit/client.ts";
import { operation } from "#gateway/conformance/kit/own-fixture.ts";
import { type RecordingBackend, startBackend } from "#gateway/conformance/kit/recording-backend.ts";
import { SharedLimits } from "#gateway/limits/shared-limits.ts";
import { createGatewayServer } from "#gateway/server.ts";
import { compileApi } from "#gateway/snapshot/compile-api.ts";
import { Snapshot } from "#gateway/snapshot/snapshot.ts";
import { Upstreams } from "#gateway/upstream/upstreams.ts";
import { newId } from "#lib/ids.ts";
import { backendRow } from "#lib/test-kit/backend-row.ts";

// The listener with a snapshot made by hand: what takes too long, or cannot be had, through a database.

let backend: RecordingBackend;
let server: Server;
let upstreams: Upstreams;
let gateway: Gateway;
let base = "";
const ended: Call[] = [];

/** Connections that a backend keeps at once. */
const CROWD = 3;

/** Methods of the requests that the forgetful backend closed the connection on. */
const forgotten: string[] = [];

/**
 * A backend that answers the first request of a connection, promises to keep it, and closes it at the second. It
 * answers nobody before `crowd` connections are there, so that as many are kept.
 */
async function forgetful(crowd = 1): Promise<string> {
  const early: Socket[] = [];
  const plain = createServer((socket) => {
    let answered = false;
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      if (answered) {
        forgotten.push(bytes.toString("latin1").split(" ")[0] ?? "");
        socket.end();
      } else early.push(socket);
      answered = true;
      if (early.length < crowd) return;
      for (const each of early.splice(0)) each.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      crowd = 1;
    });
  }).listen(0, "127.0.0.1");
  plain.unref();
  await once(plain, "listening");
  return `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  backend = await startBackend();
  const snapshot = new Snapshot();
  const put = (basePath: string, url: string | null) =>
    snapshot.putApi(
      compileApi({
        id: basePath,
        apiDefinitionId: basePath,
        catalogId: "catalog",
        catalogSlug: "sandbox",
        catalogKind: "sandbox",
        organizationId: "organization",
        pathPrefix: "acme",
        basePath,
        compiled: {
          format: 1,
          basePath,
          enforced: true,
          schemes: {},
          forwardsAuthorization: false,
          operations: [operation("GET", "/x"), operation("POST", "/x")],
        },
        backend: url === null ? null : backendRow(url, { connectTimeoutMs: 500, responseTimeoutMs: 200 }),
      }),
    );
  put("/there", backend.url);
  put("/nowhere", null);
  put("/forgetful-1", await forgetful());
  put("/forgetful-2", await forgetful());
  put("/crowded", await forgetful(CROWD));
  upstreams = new Upstreams({ allow: ["127.0.0.0/8"] }, { bodyTimeoutMs: 200 });
  const recorder = { add: (call: Call) => void ended.push(call) } as Gateway["recorder"];
  const rest = { publicProtocol: "https", bodyBytesMax: 100, ready: true, draining: false, inFlight: 0 };
  const limits = new SharedLimits({ id: newId(), address: "" }, { mayBeAlone: false });
  const freshness = { heardAtMs: 0, freshUntilMs: Number.POSITIVE_INFINITY, gatewaysAlive: 1, keyFaults: [] };
  const watched = { ...freshness, metrics: new CallMetrics(), accessLog: null };
  gateway = { snapshot, upstreams, recorder, limits, admission: new Admission(), ...rest, ...watched };
  server = createGatewayServer(gateway).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await upstreams.close();
  await backend.stop();
});

test("a backend that does not answer in time is 504, and its call is cut off", async () => {
  const ended = new Promise((resolve) => {
    backend.answer = (_req, res) => void res.on("close", resolve);
  });
  const answer = await call("/acme/sandbox/there/x", {}, base);
  expect([answer.status, answer.json.code]).toEqual([504, "BACKEND_TIMEOUT"]);
  await ended;
});

test("a backend that stops in the middle of an answer never makes it look whole", async () => {
  backend.answer = (_req, res) => void res.writeHead(200).write("half");
  await expect(call("/acme/sandbox/there/x", {}, base)).rejects.toThrow();
});

test("a connection that the backend closed while it was idle costs no call, and nothing is sent twice that must not be", async () => {
  const statuses: number[] = [];
  for (const [place, method] of [
    ["forgetful-1", "GET"],
    ["forgetful-2", "POST"],
  ]) {
    for (const each of ["GET", method]) {
      statuses.push((await call(`/acme/sandbox/${place}/x`, { method: each }, base)).status);
    }
  }
  expect(statuses).toEqual([200, 200, 200, 502]);
  expect(forgotten).toEqual(["GET", "POST"]);
});

test("a repeat never meets a second connection that was closed while it was idle", async () => {
  const warm = await Promise.all(Array.from({ length: CROWD }, () => call("/acme/sandbox/crowded/x", {}, base)));
  expect(warm.map(({ status }) => status)).toEqual(Array(CROWD).fill(200));
  expect((await call("/acme/sandbox/crowded/x", {}, base)).status).toBe(200);
});

test("an API without a backend is 502 with its cause on record", async () => {
  const answer = await call("/acme/sandbox/nowhere/x", {}, base);
  expect([answer.status, answer.json.code]).toEqual([502, "BACKEND_UNREACHABLE"]);
  expect(ended.find((call) => call.requestId === answer.json.requestId)?.refused?.cause).toBe("backend-missing");
});

test("clients that reach us by https are said to, and a body within the limit arrives whole", async () => {
  backend.answer = undefined;
  const answer = await call("/acme/sandbox/there/x", { method: "POST", body: "b".repeat(100) }, base);
  expect([answer.status, backend.calls.at(-1)?.body.length]).toEqual([200, 100]);
  expect(backend.header("x-forwarded-proto")).toEqual(["https"]);
  expect((await call("/acme/sandbox/there/x", { method: "POST", body: "b".repeat(101) }, base)).status).toBe(413);
});

test.each([
  ["too large", `${(101).toString(16)}\r\n${"b".repeat(101)}\r\n0\r\n\r\n`, 413],
  ["too large by its last piece", `64\r\n${"b".repeat(100)}\r\n1\r\nb\r\n0\r\n\r\n`, 413],
  ["framed wrongly after its first piece", "1\r\nb\r\nzz\r\n", 400],
])(
  "a short chunked body that is %s is refused before the backend hears of it (T1, T20)",
  async (_what, body, status) => {
    const seen = backend.calls.length;
    const head = "POST /acme/sandbox/there/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await sendRaw(head + body, base);
    expect([answer.statuses, backend.calls.length]).toEqual([[status], seen]);
  },
);

test("a call that breaks an invariant is 500, says nothing of it, and reaches no backend (T34)", async () => {
  const seen = backend.calls.length;
  const api = gateway.snapshot.apis.get("/there");
  if (!api) throw new Error("the API is there");
  const { router } = api;
  api.router = {
    find: () => {
      throw new Error("inner detail");
    },
  } as unknown as typeof router;
  const answer = await call("/acme/sandbox/there/x", {}, base);
  api.router = router;
  expect([answer.status, answer.json.code, backend.calls.length]).toEqual([500, "GATEWAY_FAILED", seen]);
  expect(answer.text).not.toContain("inner detail");
});

test("before the snapshot is loaded every call is 503 with Retry-After", async () => {
  gateway.ready = false;
  const answer = await call("/acme/sandbox/there/x", {}, base);
  gateway.ready = true;
  expect([answer.status, answer.json.code, answer.headers["retry-after"]]).toEqual([503, "NOT_READY", "1"]);
});

test("no call is counted as in flight when all have ended", () => {
  expect(gateway.inFlight).toBe(0);
});
