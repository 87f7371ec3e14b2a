import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { compileValidation } from "#lib/api-definition/compile-validation.ts";
import { keyedOperations } from "#lib/api-definition/operations.ts";
import { db } from "#lib/db/client.ts";
import { eventually } from "#lib/test-kit/eventually.ts";
import {
  type FixtureCredential,
  makeApplication,
  makeCredential,
  publish,
  subscribe,
} from "#lib/test-kit/gateway-fixture.ts";
import { type Answer, call, sendRaw } from "./kit/client.ts";
import { operation, ownFixture, pairHeaders, pairInHeaders } from "./kit/own-fixture.ts";

const schema = {
  type: "object",
  required: ["name"],
  additionalProperties: false,
  properties: { name: { type: "string", pattern: "^(a+)+$" }, tags: { type: "array", uniqueItems: true } },
};
const content = { "application/json": { schema }, "text/plain": {} };
const definition = {
  openapi: "3.0.3",
  paths: {
    "/things/{id}": {
      parameters: [
        { name: "id", in: "path", required: true, schema: { type: "integer" } },
        { name: "limit", in: "query", schema: { type: "integer", maximum: 10 } },
        { name: "X-Mode", in: "header", schema: { type: "string", enum: ["fast"] } },
      ],
      get: { operationId: "GET /things/{id}" },
      put: { operationId: "PUT /things/{id}", requestBody: { required: true, content } },
      post: { operationId: "POST /things/{id}", requestBody: { content } },
    },
  },
};

let credential: FixtureCredential;
let path = "";
const fixture = ownFixture(async ({ place, backend }) => {
  const operations = ["GET", "PUT", "POST"].map((method) => operation(method, "/things/{id}", [["id", "secret"]]));
  const { validation } = compileValidation(definition, keyedOperations(definition));
  const admission = { validation };
  const api = { place, backendUrl: backend.url, basePath: "/checked", schemes: pairInHeaders, operations, admission };
  const limited = { ...api, rateLimits: [{ limit: 3, windowSeconds: 86_400 }], basePath: "/checked-limited" };
  const published = [await publish(api), await publish(limited)];
  const applicationId = await makeApplication(place);
  for (const each of published) await subscribe(applicationId, each);
  credential = await makeCredential(applicationId);
  path = published[0]?.path ?? "";
});

async function send(
  method: string,
  target: string,
  body?: string | Buffer,
  headers: [string, string][] = [["Content-Type", "application/json"]],
): Promise<Answer & { seen: number }> {
  const before = fixture.backend.calls.length;
  const all = [...headers, ...pairHeaders(credential)];
  const answer = await call(path + target, { method, headers: all, ...(body !== undefined && { body }) });
  return { ...answer, seen: fixture.backend.calls.length - before };
}
const outcome = ({ status, json, seen }: Answer & { seen: number }) => [status, json.detail, seen];

describe("parameters", () => {
  test.each([
    ["/things/x", "/path/id must be integer"],
    ["/things/1?limit=11", "/query/limit must be <= 10"],
    ["/things/1?limit=1&limit=2", "/query/limit was sent more than once"],
    ["/things/1?l%69mit=eleven", "/query/limit must be integer"],
  ])("%s is 400 and says what is wrong", async (target, detail) => {
    const answer = await send("GET", target);
    expect(outcome(answer)).toEqual([400, detail, 0]);
    expect(answer.json.code).toBe("REQUEST_INVALID");
  });

  test("headers too; what is right, or unknown, goes through", async () => {
    expect(outcome(await send("GET", "/things/1", undefined, [["x-mode", "slow"]]))).toEqual([
      400,
      '/header/X-Mode must be one of "fast"',
      0,
    ]);
    expect((await send("GET", "/things/1?limit=10&other=x", undefined, [["X-Mode", "fast"]])).status).toBe(200);
  });
});

describe("bodies", () => {
  test.each([
    ['{"name":1}', "/body/name must be string"],
    ["{}", '/body lacks the required member "name"'],
    ['{"name":"a","more":1}', '/body has the member "more", which is not allowed'],
    ['{"name":"a","__proto__":1}', '/body has the member "__proto__", which is not allowed'],
    ["{nope", "/body is not JSON"],
    ["[".repeat(100_000), "/body is not JSON"],
    ["", "/body is missing"],
  ])("%j is 400", async (body, detail) => {
    expect(outcome(await send("PUT", "/things/1", body))).toEqual([400, detail, 0]);
  });

  test("the backend gets the bytes that were checked, with their length, chunked or not", async () => {
    const body = '{ "name" : "aaa" }';
    expect((await send("PUT", "/things/1", body)).status).toBe(200);
    expect([fixture.backend.calls.at(-1)?.body, fixture.backend.header("content-length")]).toEqual([body, ["18"]]);
    const head = `PUT ${path}/things/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    const pair = pairHeaders(credential).map(([name, value]) => `${name}: ${value}\r\n`);
    const chunked = `${head}${pair.join("")}Transfer-Encoding: chunked\r\n\r\n12\r\n${body}\r\n0\r\n\r\n`;
    expect((await sendRaw(chunked)).statuses).toEqual([200]);
    expect([fixture.backend.calls.at(-1)?.body, fixture.backend.header("content-length")]).toEqual([body, ["18"]]);
    expect(fixture.backend.header("transfer-encoding")).toEqual([]);
  });

  test("a type that the definition does not have is 400, one that it has without a schema is not read", async () => {
    const xml: [string, string][] = [["Content-Type", "application/xml"]];
    expect((await send("PUT", "/things/1", "<a/>", xml)).json.detail).toMatch(/application\/json, text\/plain/);
    expect((await send("PUT", "/things/1", "x".repeat(3_000_000), [["Content-Type", "text/plain"]])).status).toBe(200);
    expect(
      (await send("PUT", "/things/1", '{"name":"a"}', [["Content-Type", "Application/JSON; charset=utf-8"]])).status,
    ).toBe(200);
  });

  test("a body that need not be there may be absent", async () => {
    expect((await send("POST", "/things/1")).status).toBe(200);
    expect((await send("POST", "/things/1", "{}")).status).toBe(400);
  });

  test("a packed body is unpacked for its check, and travels packed", async () => {
    for (const [encoding, pack] of [
      ["gzip", gzipSync],
      ["deflate", deflateSync],
      ["br", brotliCompressSync],
    ] as const) {
      const headers: [string, string][] = [
        ["Content-Type", "application/json"],
        ["Content-Encoding", encoding],
      ];
      expect([encoding, (await send("PUT", "/things/1", pack('{"name":"a"}'), headers)).status]).toEqual([
        encoding,
        200,
      ]);
      expect(fixture.backend.header("content-encoding")).toEqual([encoding]);
      expect((await send("PUT", "/things/1", pack("{}"), headers)).json.code).toBe("REQUEST_INVALID");
      expect((await send("PUT", "/things/1", '{"name":"a"}', headers)).json.detail).toBe(
        "/body is not in its Content-Encoding",
      );
    }
  });

  test("a bomb is 413 before it is unpacked, and so is a body too large to check (T19, T20)", async () => {
    const headers: [string, string][] = [
      ["Content-Type", "application/json"],
      ["Content-Encoding", "gzip"],
    ];
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(300_000);
    expect(outcome(await send("PUT", "/things/1", bomb, headers))).toEqual([413, "The request body is too large", 0]);
    const large = `{"name":"${"a".repeat(1_100_000)}"}`;
    expect(outcome(await send("PUT", "/things/1", large))).toEqual([413, "The request body is too large", 0]);
  });

  test("a pattern and a list that take other engines for ever end (T18)", async () => {
    expect((await send("PUT", "/things/1", `{"name":"${"a".repeat(50_000)}!"}`)).status).toBe(400);
    const tags = JSON.stringify({ name: "a", tags: Array.from({ length: 30_000 }, (_, n) => ({ n })) });
    expect((await send("PUT", "/things/1", tags)).status).toBe(200);
  });
});

test("the connection of a refused call serves the next one", async () => {
  const pair = pairHeaders(credential).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = (body: string) =>
    `PUT ${path}/things/1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${pair.join("")}Content-Length: ${body.length}\r\n\r\n${body}`;
  expect((await sendRaw(request("{}") + request('{"name":"a"}'))).statuses).toEqual([400, 200]);
});

test("a call that is refused here uses up no limit, and has its cause on record", async () => {
  const limited = path.replace(/checked$/, "checked-limited");
  const headers: [string, string][] = [["Content-Type", "application/json"], ...pairHeaders(credential)];
  for (let i = 0; i < 5; i += 1) await call(`${limited}/things/1`, { method: "PUT", headers, body: "{}" });
  const answer = await call(`${limited}/things/1`, { method: "PUT", headers, body: "{}" });
  expect(answer.status).toBe(400);
  expect((await call(`${limited}/things/1`, { headers })).status).toBe(200);
  const cause = await eventually(async () => {
    const rows = await db().$queryRaw<{ cause: string }[]>`
      select cause from "CallRecord" where "requestId" = ${answer.json.requestId}::uuid`;
    if (!rows[0]) throw new Error("not written yet");
    return rows[0].cause;
  });
  expect(cause).toBe("body-invalid");
});
