import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { UserActor } from "#lib/access/actor.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { readTestCredential } from "#lib/catalog/read-endpoints.ts";
import { closeDb, db } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { callValues } from "#lib/explore/explore.schema.ts";
import { relayCall } from "#lib/explore/relay-call.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { provider } from "#lib/test-kit/people.ts";
import { call } from "./kit/client.ts";
import { type RecordingBackend, startBackend } from "./kit/recording-backend.ts";

// Definitions in API Connect's published format, imported, published and called as they are (gateway.md part 4).

let owner: UserActor;
let slug: string;
let sandboxId: string;
let backend: RecordingBackend;
let pair: [string, string][];
const paths: Record<string, string> = {};

const read = (name: string) => readFileSync(join(import.meta.dirname, "assemblies", `${name}.yaml`), "utf8");

async function publish(source: string): Promise<string> {
  const imported = await importApiDefinition(owner, { organization: slug, source });
  await setBackend(owner, { apiId: imported.id, catalogId: sandboxId, url: backend.url });
  await publishApi(owner, { apiId: imported.id, catalogId: sandboxId });
  return `/${slug}/sandbox${imported.basePath}`;
}

beforeAll(async () => {
  process.env.DATABASE_URL = inject("databaseUrl");
  process.env.BACKEND_ALLOW = "127.0.0.0/8";
  process.env.GATEWAY_URL = inject("target");
  ({ owner, slug } = await provider("Assembly"));
  sandboxId = (await db().catalog.findFirstOrThrow({ where: { organization: { slug }, slug: "sandbox" } })).id;
  const values = await readTestCredential(owner, slug, "sandbox");
  pair = [
    ["X-IBM-Client-Id", values?.clientId ?? ""],
    ["X-IBM-Client-Secret", values?.secret ?? ""],
  ];
  backend = await startBackend();
  for (const name of ["weather", "orders", "people", "router"]) paths[name] = await publish(read(name));
});
afterEach(() => {
  backend.answer = undefined;
  backend.calls.length = 0;
});
afterAll(async () => {
  await backend?.stop();
  await closeDb();
});

describe("the founding sample (S94 to S101)", () => {
  test("set-variable before invoke brings both headers to the backend", async () => {
    expect((await call(`${paths.weather}/current?zipcode=90210`, { headers: pair })).status).toBe(200);
    expect(backend.calls.at(-1)?.url).toBe("/current?zipcode=90210");
    for (const [name, value] of pair) expect(backend.header(name)).toEqual([value]);
  });

  test("after it they do not get there: order is the order of execution (S99)", async () => {
    const [before = "", policies = "", after = ""] = read("weather").split(/(?= {4}execute:)|(?= {4}finally:)/);
    const [head, set, invoke] = policies.split(/(?=^ {6}- )/m);
    const swapped = `${before}${head}${invoke}${set}${after}`
      .replaceAll("weather-credentials", "swapped")
      .replace("Weather with credentials", "Swapped");
    const path = await publish(swapped);
    expect((await call(`${path}/current?zipcode=1`, { headers: pair })).status).toBe(200);
    expect([backend.calls.length, backend.header("x-ibm-client-id")]).toEqual([1, []]);
  });

  test("a call without credentials never gets to a policy", async () => {
    expect((await call(`${paths.weather}/current?zipcode=1`)).status).toBe(401);
    expect(backend.calls.length).toBe(0);
  });
});

describe("orders: operation-switch, parse, validate, throw, catch, finally", () => {
  const post = (body: string) =>
    call(`${paths.orders}/orders`, { method: "POST", body, headers: [...pair, ["Content-Type", "application/json"]] });

  test("an order that is right is created, with the caller's name", async () => {
    backend.answer = (_req, res) => res.writeHead(201, { "content-type": "application/json" }).end('{"id":1}');
    const answer = await post('{"item":"tea","count":2}');
    expect([answer.status, answer.json, answer.headers["x-handled-by"]]).toEqual([
      201,
      { id: 1 },
      "orders-by-operation 2.0.0",
    ]);
    expect(backend.calls.at(-1)).toMatchObject({ method: "POST", url: "/v2/orders" });
    expect(backend.header("x-ordered-by")[0]).toMatch(/ of .+ on /);
  });

  test.each([
    ['{"item":"tea","count":0}', "ValidateError: The body at /count must be >= 1"],
    ["{oops", "ParseError: the body is no JSON"],
  ])("%s is refused before the backend hears of it", async (body, text) => {
    const answer = await post(body);
    expect([answer.status, answer.text, backend.calls.length]).toEqual([422, text, 0]);
    expect(answer.headers["x-handled-by"]).toBeDefined();
  });

  test("what the backend refuses is hidden", async () => {
    backend.answer = (_req, res) => res.writeHead(500).end("stack trace");
    const answer = await post('{"item":"tea","count":2}');
    expect([answer.status, answer.text]).toEqual([409, "The order was refused"]);
  });

  test("parameters of a path reach an address, encoded", async () => {
    await call(`${paths.orders}/orders/a%26b`, { headers: pair });
    expect(backend.calls.at(-1)?.url).toBe("/v2/orders?id=a%26b");
  });

  test("what no case handles is the author's own error", async () => {
    const answer = await call(`${paths.orders}/orders`, { method: "DELETE", headers: pair });
    expect([answer.status, answer.json.title, answer.json.detail]).toEqual([
      501,
      "Not Implemented",
      "dropOrders is not offered",
    ]);
  });
});

test("people: two backends, map, redact, a limit of its own and its catch", async () => {
  backend.answer = (req, res) => {
    const body = req.url?.startsWith("/person")
      ? { first: "Ann", last: "Lee", card: { number: "4111", type: "v" } }
      : { list: [{ number: 1 }, { number: 2 }] };
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const first = await call(`${paths.people}/people/7`);
  expect(first.json).toEqual({
    name: "Ann Lee",
    card: { number: "********", type: "v" },
    region: "sandbox",
    orders: [{ id: 1 }, { id: 2 }],
  });
  expect(backend.calls.map(({ url }) => url)).toEqual(["/person/7", "/orders/7"]);
  const statuses = [(await call(`${paths.people}/people/7`)).status];
  const late = await call(`${paths.people}/people/7`);
  expect([...statuses, late.status, late.headers["retry-after"]]).toEqual([200, 503, "60"]);
});

test.each([
  ["GET", "/route?kind=gold", [], "gold"],
  ["GET", "/route?count=500", [], "bulk"],
  ["GET", "/route", [["X-Bulk", "yes"]], "bulk"],
  ["GET", "/route?count=5", [], "other"],
  ["POST", "/route", [], "posted"],
] as [string, string, [string, string][], string][])(
  "router: %s %s %j goes to %s",
  async (method, path, headers, route) => {
    expect((await call(paths.router + path, { method, headers })).status).toBe(200);
    expect(backend.header("x-route")).toEqual([route]);
    expect(backend.calls.at(-1)).toMatchObject({ method, url: path });
  },
);

test("the test panel of those who may write the API gets a trace of each policy, and nobody else does", async () => {
  const { slug: api } = await db().publishedApi.findFirstOrThrow({
    where: { catalogId: sandboxId, basePath: "/weather-credentials" },
  });
  const [[, clientId] = [], [, clientSecret] = []] = pair;
  const target = { organization: slug, catalog: "sandbox", api, operation: "getCurrent" };
  const credential = { mode: "test", clientId: clientId ?? "", clientSecret: clientSecret ?? "" } as const;
  const relay = (actor: UserActor) => {
    const values = callValues.parse({ query: { zipcode: "1" } });
    return relayCall(actor, { target, values, credential }, { signal: AbortSignal.timeout(10_000), address: "test" });
  };
  const { head, body } = await relay(owner);
  let text = "";
  for await (const piece of body ?? []) text += Buffer.from(piece).toString();
  expect([head.answered && head.status, text]).toEqual([200, '{"ok":true}']);
  const steps = head.answered ? head.trace : undefined;
  expect(steps?.map(({ kind, error }) => [kind, error])).toEqual([
    ["set-variable", null],
    ["invoke", null],
  ]);
  expect(JSON.stringify(steps)).not.toContain(clientSecret);
  const stranger = await relay((await provider("Other")).owner);
  expect(stranger.head.answered && [stranger.head.status, stranger.head.trace]).toEqual([200, undefined]);
});

test("an assembly that is not understood is imported, shown, and refused at publish with its line", async () => {
  const source = read("router")
    .replace("router", "unknown")
    .replace("- invoke:", "- gatewayscript:")
    .replaceAll("/router", "/unknown");
  const imported = await importApiDefinition(owner, { organization: slug, source });
  await setBackend(owner, { apiId: imported.id, catalogId: sandboxId, url: backend.url });
  const failed = await publishApi(owner, { apiId: imported.id, catalogId: sandboxId }).catch((error) => error);
  expect(failed).toBeInstanceOf(AppError);
  expect(failed.detail).toMatch(/line \d+: GatewayScript is not run/);
});

describe("what a client can put into a header by way of a variable (T9)", () => {
  let path = "";
  beforeAll(async () => {
    path = await publish(`openapi: 3.0.0
info: { title: Split, version: 1.0.0 }
servers: [{ url: /split }]
paths: { "/x/{p}": { post: { operationId: x, responses: { "200": { description: ok } } } } }
x-ibm-configuration:
  assembly:
    execute:
      - set-variable: { title: copy, actions: [{ set: message.headers.X-Body, value: $(request.body.v) }, { set: message.headers.X-Query, value: "q-$(request.parameters.q)" }, { add: message.headers.X-Path, value: $(request.parameters.p) }] }
      - invoke: { target-url: $(target-url) }
      - set-variable: { title: back, actions: [{ set: message.headers.X-Back, value: "$(request.body.back)" }, { set: message.headers.X-Back-Query, value: $(request.parameters.back) }] }
`);
  });
  type Place = "body" | "query" | "back" | "back query";
  const send = (place: Place, text: string) => {
    const body = JSON.stringify({ v: place === "body" ? text : "", back: place === "back" ? text : "" });
    const [q, back] = [place === "query" ? text : "", place === "back query" ? text : ""].map(encodeURIComponent);
    return call(`${path}/x/p?q=${q}&back=${back}`, { method: "POST", body });
  };
  const controls = [
    "a\r\nX-Evil: 1",
    "a\nX-Evil: 1",
    "a\rX-Evil: 1",
    "a\0b",
    "a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n",
    "\x1b[2J",
    "a\x7f",
  ];

  test.each(controls)("%j is 500, with nothing of it on the wire", async (text) => {
    for (const place of ["body", "query"] as const) {
      const answer = await send(place, text);
      expect([place, answer.status, answer.json.code, answer.json.detail]).toEqual([
        place,
        500,
        "POLICY_FAILED",
        'The policy "copy" of the API failed',
      ]);
    }
    expect(backend.calls).toEqual([]);
    for (const place of ["back", "back query"] as const) {
      const answer = await send(place, text);
      expect([place, answer.status, answer.json.detail]).toEqual([place, 500, 'The policy "back" of the API failed']);
      expect([answer.headers["x-evil"], answer.headers["x-back"]]).toEqual([undefined, undefined]);
    }
    expect(backend.calls.map(({ url }) => new URL(url, backend.url).pathname)).toEqual(["/x/p", "/x/p"]);
  });

  // Cut to its low byte, as Node would send it, the second is CR LF, and the third a NUL.
  test.each(["é", "a\u010d\u010aX-Evil: 1", "a\u0100b", "\u2028\u0085", "\u{1f600}"])(
    "%j goes as its bytes in UTF-8 or Latin-1, and splits nothing",
    async (text) => {
      const isOneByte = /^[\0-\xff]*$/.test(text);
      const bytes = Buffer.from(text, isOneByte ? "latin1" : "utf8").toString("latin1");
      const there = await send("body", text);
      expect([there.status, backend.header("x-body"), backend.header("x-evil")]).toEqual([200, [bytes], []]);
      await send("query", text);
      expect(backend.header("x-query")).toEqual([
        isOneByte ? `q-${bytes}` : Buffer.from(`q-${text}`).toString("latin1"),
      ]);
      const back = await send("back", text);
      expect([back.status, back.headers["x-back"], back.headers["x-evil"]]).toEqual([200, bytes, undefined]);
    },
  );

  test("an encoded line break in the path never gets so far", async () => {
    for (const text of ["a%0d%0aX-Evil:1", "a%0ab", "a%00b"]) {
      expect((await call(`${path}/x/${text}`, { method: "POST", body: "{}" })).status).toBe(400);
    }
    expect(backend.calls).toEqual([]);
    expect((await call(`${path}/x/%C4%8D%C4%8A`, { method: "POST", body: "{}" })).status).toBe(200);
    expect(backend.header("x-path")).toEqual([Buffer.from("\u010d\u010a").toString("latin1")]);
  });
});

test("a header never splits (T9), and nothing in a message reaches a prototype (T17)", async () => {
  const path = await publish(`openapi: 3.0.0
info: { title: Hostile, version: 1.0.0 }
servers: [{ url: /hostile }]
paths: { /x: { post: { operationId: x, responses: { "200": { description: ok } } } } }
x-ibm-configuration:
  assembly:
    execute:
      - set-variable: { title: copy, actions: [{ set: message.headers.X-Name, value: $(request.body.name) }, { set: message.body.seen, value: "1" }] }
      - invoke: { target-url: $(target-url) }
`);
  const post = (body: string) => call(`${path}/x`, { method: "POST", body });
  const split = await post('{"name":"a\\r\\nX-Evil: 1"}');
  expect([split.status, split.json.code, split.json.detail, backend.calls.length]).toEqual([
    500,
    "POLICY_FAILED",
    'The policy "copy" of the API failed',
    0,
  ]);
  expect((await post('{"__proto__":{"polluted":1},"name":"n"}')).status).toBe(200);
  expect(JSON.parse(backend.calls.at(-1)?.body ?? "")).toMatchObject({ name: "n", seen: "1" });
  const after = await post('{"name":"$(polluted)"}');
  expect([after.status, backend.header("x-name")]).toEqual([200, ["$(polluted)"]]);
});
