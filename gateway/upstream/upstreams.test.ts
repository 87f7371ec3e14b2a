import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileBackend } from "#gateway/snapshot/compile-backend.ts";
import { backendRow } from "#lib/test-kit/backend-row.ts";
import type { BackendRequest, ExchangeHandler } from "./connection.ts";
import { Upstreams } from "./upstreams.ts";

const server = createServer((req, res) => {
  if (req.url === "/long") {
    res.write("first");
    long = res;
  } else res.end("ok");
});
let long: ServerResponse | undefined;
let url = "";
const upstreams = new Upstreams({ allow: ["127.0.0.0/8"] });

beforeAll(async () => {
  server.keepAliveTimeout = 600_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await upstreams.close();
  server.closeAllConnections();
  server.close();
});

/** A backend that differs from the others in what a connection depends on. */
const endpoint = (number: number) => compileBackend(backendRow(url, { connectTimeoutMs: 1_000 + number })).endpoint;

/** Calls a backend; the text of its answer. `onData` hears of each piece. */
function ask(number: number, path: string, onData: () => void = () => undefined, through = upstreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const handler: ExchangeHandler = {
      isWanted: () => true,
      onStart: () => undefined,
      onInterim: () => undefined,
      onHead: () => undefined,
      onData: (piece) => {
        text += piece;
        onData();
      },
      onEnd: () => resolve(text),
      onError: reject,
    };
    const request: BackendRequest = {
      method: "GET",
      path,
      headers: ["Host", "backend"],
      body: null,
      headersTimeoutMs: 5_000,
      isAlone: false,
    };
    through.pool(endpoint(number), performance.now()).dispatch(request, handler);
  });
}

const connections = () => new Promise<number>((done) => server.getConnections((_error, count) => done(count)));

test("a backend that changes a thousand times leaves no pool and no connection behind, and no call is cut", async () => {
  const begun = new Promise<void>((resolve) => {
    void ask(0, "/long", resolve).then((text) => {
      whole = text;
      ended();
    });
  });
  let whole = "";
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  await begun;
  for (let i = 1; i <= 1_000; i += 1) expect(await ask(i, "/x")).toBe("ok");
  expect(upstreams.size).toBe(1_001);
  const lastUse = performance.now() + 1;
  upstreams.letGo(lastUse);
  expect(upstreams.size).toBe(0);
  // All but the one with the call in flight; each says so by its close.
  while ((await connections()) > 1) await new Promise(setImmediate);
  long?.end(" and last");
  await end;
  expect(whole).toBe("first and last");
  while ((await connections()) > 0) await new Promise(setImmediate);
});

test("a backend that is in use is kept", async () => {
  await ask(1, "/x");
  const before = performance.now();
  await ask(1, "/x");
  upstreams.letGo(before);
  expect(upstreams.size).toBe(1);
});

test("endpoints that every call names anew are bounded, and the one in use stays", () => {
  const own = new Upstreams({ allow: [] });
  const inUse = own.pool(endpoint(0), 1);
  for (let i = 1; i <= 5_000; i += 1) {
    own.pool(endpoint(i), i);
    expect(own.pool(endpoint(0), i)).toBe(inUse);
  }
  expect(own.size).toBe(2_000);
  own.close();
});

test("the operator says how many connections a backend gets", async () => {
  const own = new Upstreams({ allow: ["127.0.0.0/8"] }, { connectionsMax: 2 });
  const answers = Array.from({ length: 20 }, () => ask(0, "/x", undefined, own));
  expect(own.pool(endpoint(0), performance.now()).size).toBe(2);
  expect(await Promise.all(answers)).toEqual(Array(20).fill("ok"));
  own.close();
});
