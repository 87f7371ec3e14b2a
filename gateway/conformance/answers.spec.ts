import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { type FixturePlace, publish } from "#lib/test-kit/gateway-fixture.ts";
import { call } from "./kit/client.ts";
import { operation, ownFixture } from "./kit/own-fixture.ts";

let path = "";
let place: FixturePlace;
const fixture = ownFixture(async (own) => {
  place = own.place;
  const operations = [
    operation("GET", "/things/{id}"),
    operation("PUT", "/things/{id}"),
    operation("GET", "/things/mine"),
    operation("HEAD", "/heads"),
    operation("GET", "/maps/{lat},{long}.json"),
    operation("GET", "/Products({key})"),
    operation("POST", "/jobs/{job-id}:cancel"),
    operation("GET", "/search*"),
  ];
  path = (await publish({ place, backendUrl: own.backend.url, basePath: "/shop/v1", operations })).path;
  await publish({
    place,
    backendUrl: `${own.backend.url}/short`,
    basePath: "/shop",
    operations: [operation("GET", "/{any}")],
  });
});

describe("routing", () => {
  test.each([
    ["GET", "/things/5"],
    ["GET", "/things/mine"],
    ["GET", `/things/${"long".repeat(100)}`],
    ["GET", "/maps/48.1,11.5.json"],
    ["GET", "/Products(5)"],
    ["POST", "/jobs/a-1:cancel"],
    ["GET", "/search*"],
  ])("%s %s finds its operation", async (method, target) => {
    expect((await call(path + target, { method })).status).toBe(200);
    expect(fixture.backend.calls.at(-1)?.url).toBe(target);
  });

  test("the longest base path wins, and whole segments count", async () => {
    expect((await call(`/${place.prefix}/sandbox/shop/v2`)).status).toBe(200);
    expect(fixture.backend.calls.at(-1)?.url).toBe("/short/v2");
    expect((await call(`${path}/nothing`)).json.code).toBe("OPERATION_NOT_FOUND");
    expect((await call(`/${place.prefix}/sandbox/shopping/x`)).json.code).toBe("API_NOT_FOUND");
  });

  test.each(["/", "/a", "/a/b", "/a/b/c", "/favicon.ico"])("%s is no API", async (target) => {
    const answer = await call(target);
    expect([answer.status, answer.json.code, answer.json.detail]).toEqual([
      404,
      "API_NOT_FOUND",
      "API not found for requested URI",
    ]);
  });

  test.each(["/things", "/things/", "/things/5/", "/things/5/6", "/THINGS/5", "/Products()"])(
    "%s is no operation",
    async (target) => {
      const answer = await call(path + target);
      expect([answer.status, answer.json.detail]).toEqual([404, "No resources match requested URI"]);
    },
  );

  test("another method is 405 with the methods that there are; HEAD only where it is declared", async () => {
    const wrong = await call(`${path}/things/5`, { method: "DELETE" });
    expect([wrong.status, wrong.headers.allow, wrong.json.code]).toEqual([405, "GET, PUT", "METHOD_NOT_ALLOWED"]);
    const head = await call(`${path}/things/5`, { method: "HEAD" });
    expect([head.status, head.headers.allow, head.text]).toEqual([405, "GET, PUT", ""]);
    expect((await call(`${path}/heads`, { method: "HEAD" })).status).toBe(200);
  });
});

describe("the form of an answer", () => {
  test("a refusal is problem+json that an API Connect client reads as well", async () => {
    const answer = await call("/nowhere");
    const requestId = answer.headers["x-request-id"];
    expect(requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(answer.json).toEqual({
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "API not found for requested URI",
      code: "API_NOT_FOUND",
      requestId,
      httpCode: "404",
      httpMessage: "Not Found",
      moreInformation: "API not found for requested URI",
    });
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["x-global-transaction-id"]).toBe(requestId);
  });

  test("a client that prefers XML gets the same answer as API Connect's errorResponse", async () => {
    const answer = await call("/nowhere", { headers: [["Accept", "application/xml, application/json;q=0.5"]] });
    expect([answer.status, answer.headers["content-type"]]).toEqual([404, "application/xml; charset=utf-8"]);
    expect(answer.text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<errorResponse><httpCode>404</httpCode><httpMessage>Not Found</httpMessage>' +
        "<moreInformation>API not found for requested URI</moreInformation></errorResponse>",
    );
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["x-request-id"]).toBe(answer.headers["x-global-transaction-id"]);
    const json = await call("/nowhere", { headers: [["Accept", "application/xml;q=0.5, */*"]] });
    expect(json.headers["content-type"]).toBe("application/problem+json");
    const head = await call("/nowhere", { method: "HEAD", headers: [["Accept", "text/xml"]] });
    expect([head.status, head.text, Number(head.headers["content-length"]) > 0]).toEqual([404, "", true]);
  });

  test("a backend's answer goes through as it is, redirects and errors too (T12), with the request ID", async () => {
    for (const [status, headers] of [
      [302, { location: "http://169.254.169.254/" }],
      [500, { "x-a": "b" }],
      [204, {}],
    ] as const) {
      fixture.backend.answer = (_req, res) => res.writeHead(status, headers).end();
      const answer = await call(`${path}/things/5`);
      expect([answer.status, answer.headers]).toMatchObject([status, headers]);
      expect(answer.headers["x-request-id"]).toBe(answer.headers["x-global-transaction-id"]);
    }
    fixture.backend.answer = undefined;
  });
});

describe("backends that fail (T37)", () => {
  /** A backend that answers every connection with these bytes and closes. */
  async function withBytes(basePath: string, bytes: string): Promise<string> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(bytes, "latin1"));
    }).listen(0, "127.0.0.1");
    server.unref();
    await once(server, "listening");
    const backendUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return (await publish({ place, backendUrl, basePath, operations: [operation("GET", "/x")] })).path;
  }

  test.each([
    ["nothing", "/no-answer", ""],
    ["what is no HTTP", "/no-http", "hello\r\n\r\n"],
    ["endless headers", "/headers", `HTTP/1.1 200 OK\r\n${`X-A: ${"a".repeat(1_000)}\r\n`.repeat(200)}\r\n`],
    ["two lengths", "/lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"],
    [
      "a flood of interim answers",
      "/interim",
      `${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)}HTTP/1.1 200 OK\r\n\r\n`,
    ],
    ["a protocol switch", "/switch", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"],
  ])("one that sends %s is 502 BACKEND_INVALID", async (_what, basePath, bytes) => {
    const answer = await call(`${await withBytes(basePath, bytes)}/x`);
    expect([answer.status, answer.json.code]).toEqual([502, "BACKEND_INVALID"]);
  });

  test("one interim answer is no fault", async () => {
    const bytes = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    const answer = await call(`${await withBytes("/hints", bytes)}/x`);
    expect([answer.status, answer.text]).toEqual([200, "ok"]);
  });

  test("one that frames an answer wrongly before any of it has left is 502 BACKEND_INVALID (F8)", async () => {
    const bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n";
    const answer = await call(`${await withBytes("/framed", bytes)}/x`);
    expect([answer.status, answer.json.code]).toEqual([502, "BACKEND_INVALID"]);
  });

  test.each(["Content-Length: 100\r\n\r\nshort", "Transfer-Encoding: chunked\r\n\r\n9\r\nshort"])(
    "an answer that breaks off never looks whole (%j)",
    async (rest) => {
      const broken = await withBytes(`/broken-${rest.length}`, `HTTP/1.1 200 OK\r\n${rest}`);
      await expect(call(`${broken}/x`)).rejects.toThrow(/aborted|hang up|socket/);
    },
  );

  test("one that is not there, or may not be reached, is 502 BACKEND_UNREACHABLE and says no address", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const hosts = [
      `127.0.0.1:${port}`,
      "no-such-host.invalid",
      "169.254.169.254",
      "10.0.0.1",
      "[::ffff:10.0.0.1]",
      "0x0a000001",
    ];
    for (const [i, host] of hosts.entries()) {
      const api = await publish({
        place,
        backendUrl: `http://${host}`,
        basePath: `/gone-${i}`,
        operations: [operation("GET", "/x")],
      });
      const answer = await call(`${api.path}/x`);
      expect([host, answer.status, answer.json.code]).toEqual([host, 502, "BACKEND_UNREACHABLE"]);
      expect(answer.text).not.toContain(host);
    }
  });
});
