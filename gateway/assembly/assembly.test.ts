import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CallOptions } from "#gateway/conformance/kit/client.ts";
import { definition, startTestGateway, type TestGateway } from "./test-gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterEach(() => {
  t.backend.answer = undefined;
  t.backend.calls.length = 0;
});
afterAll(() => t.stop());

/** Serves an assembly, and calls it once. */
async function run(assembly: string, path = "/open", options?: CallOptions, rest?: string) {
  const { source, basePath } = definition(assembly, rest);
  await t.put(source);
  return t.call(`${basePath}${path}`, options);
}

const answerWith = (status: number, headers: Record<string, string>, body: string | Buffer) => {
  t.backend.answer = (_req, res) => void res.writeHead(status, headers).end(body);
};
const invoke = "  - invoke: { title: call, target-url: $(target-url) }";
const post = (body: string, headers: [string, string][] = [["Content-Type", "application/json"]]) => ({
  method: "POST",
  body,
  headers,
});

describe("set-variable (S95 to S99)", () => {
  const copy = `  - set-variable:
      actions:
        - { set: message.headers.X-IBM-Client-Id, value: $(request.headers.X-IBM-Client-Id), type: string }
        - { set: message.headers.X-IBM-Client-Secret, value: $(request.headers.X-IBM-Client-Secret) }`;

  test("puts the credentials on the call of the backend, on purpose and only then (S94, T8)", async () => {
    expect((await run(`execute:\n${copy}\n${invoke}`, "/keyed", { headers: t.pair })).status).toBe(200);
    expect([t.backend.header("x-ibm-client-id"), t.backend.header("x-ibm-client-secret")]).toEqual([
      [t.clientId],
      [t.secret],
    ]);
    await run(
      `execute:\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }\n${invoke}`,
      "/keyed",
      { headers: t.pair },
    );
    expect([t.backend.header("x-a"), t.backend.header("x-ibm-client-id")]).toEqual([["b"], []]);
    expect(JSON.stringify(t.backend.calls.at(-1))).not.toContain(t.secret);
  });

  test("after the invoke comes too late: order is the order of execution (S99)", async () => {
    const answer = await run(`execute:\n${invoke}\n${copy}`, "/keyed", { headers: t.pair });
    expect(t.backend.header("x-ibm-client-id")).toEqual([]);
    expect(answer.headers["x-ibm-client-id"]).toBe(t.clientId);
  });

  test("knows who calls what, and reads path, query and body", async () => {
    const read = [
      "request.verb",
      "request.path",
      "request.search",
      "request.querystring",
      "request.parameters.q",
      "request.content-type",
    ];
    const more = [
      "api.name",
      "api.version",
      "api.operation.id",
      "api.operation.path",
      "api.catalog.name",
      "client.app.name",
      "client.org.name",
      "plan.name",
      "api.properties.region",
      "region",
    ];
    const actions = [...read, ...more]
      .map((name, i) => `{ set: message.headers.X-V${i}, value: "$(${name})" }`)
      .join(", ");
    const properties =
      "  properties: { region: { value: eu } }\n  catalogs: { Sandbox: { properties: { region: test } } }\n";
    const { status } = await run(
      `execute:\n  - set-variable: { actions: [${actions}] }\n${invoke}`,
      "/keyed?q=a%20b&client_secret=hidden",
      { headers: [...t.pair, ["Content-Type", "text/x"]] },
      properties,
    );
    expect(status).toBe(200);
    const seen = [...read, ...more].map((_, i) =>
      Buffer.from(t.backend.header(`x-v${i}`)[0] ?? "", "latin1").toString("utf8"),
    );
    expect(seen[0]).toBe("GET");
    expect(seen[1]).toMatch(/^\/t\d+\/keyed$/);
    expect(seen.slice(2, 6)).toEqual(["?q=a%20b", "q=a%20b", "a b", "text/x"]);
    expect(seen[6]).toMatch(/^test-api-\d+$/);
    expect(seen.slice(7)).toEqual([
      "2.1.0",
      "getKeyed",
      "/keyed",
      "sandbox",
      "Łódź app",
      "Northwind",
      "gold",
      "test",
      "test",
    ]);
  });

  test("takes parameters of the path, and makes numbers, truths and texts", async () => {
    const answer = await run(
      `execute:
  - set-variable:
      actions:
        - { set: message.body.id, value: $(request.parameters.petId), type: number }
        - { set: message.body.name, value: "n-$(request.parameters.petId)" }
        - { set: message.body.ok, value: "true", type: boolean }
        - { set: list, value: a }
        - { add: list, value: b }
        - { set: message.body.list, value: $(list), type: any }
        - { set: message.status.code, value: 201, type: number }`,
      "/pets/7",
    );
    expect([answer.status, answer.headers["content-type"], answer.json]).toEqual([
      201,
      "application/json",
      { id: 7, name: "n-7", ok: true, list: ["a", "b"] },
    ]);
  });

  test("clears and adds headers", async () => {
    await run(
      `execute:
  - set-variable:
      actions:
        - { clear: message.headers.X-Gone }
        - { add: message.headers.X-More, value: two }
${invoke}`,
      "/open",
      {
        headers: [
          ["X-Gone", "1"],
          ["X-More", "one"],
          ["X-Stays", "1"],
        ],
      },
    );
    expect(["x-gone", "x-more", "x-stays"].map((name) => t.backend.header(name))).toEqual([[], ["one", "two"], ["1"]]);
  });

  test.each(["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\u010ab\u010d"])("a header never splits: %j (T9)", async (text) => {
    const { status, json } = await run(
      `execute:\n  - set-variable: { title: Copy it, actions: [{ set: message.headers.X-Text, value: $(request.body.name) }] }\n${invoke}`,
      "/open",
      post(JSON.stringify({ name: text })),
    );
    expect(t.backend.header("x-evil")).toEqual([]);
    // What is no control character travels as UTF-8.
    if (text.includes("\u010a"))
      expect([status, t.backend.header("x-text")]).toEqual([200, [Buffer.from(text).toString("latin1")]]);
    else
      expect([status, json.code, json.detail, t.backend.calls.length]).toEqual([
        500,
        "POLICY_FAILED",
        'The policy "Copy it" of the API failed',
        0,
      ]);
  });

  test("a value of the wrong kind is 500, and says nothing of what was inside", async () => {
    const answer = await run(
      "execute:\n  - set-variable: { title: Number, actions: [{ set: n, value: $(request.headers.X-N), type: number }] }",
      "/open",
      { headers: [["X-N", "top secret"]] },
    );
    expect([answer.status, answer.json.detail]).toEqual([500, 'The policy "Number" of the API failed']);
    expect(answer.text).not.toContain("top secret");
  });

  test("members of prototypes stay out of reach, also from a body (T17)", async () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const answer = await run(
      "execute:\n  - set-variable: { actions: [{ set: message.body.a.b, value: c }] }",
      "/open",
      post(body),
    );
    expect(JSON.parse(answer.text)).toMatchObject({ a: { b: "c" } });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("invoke", () => {
  test("goes to the backend with path and query, to an address with variables, or to one of its own", async () => {
    await run(
      `execute:\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }\n${invoke}`,
      "/open?x=1",
    );
    expect(t.backend.calls.at(-1)?.url).toBe("/base/open?x=1");
    await run(
      "execute:\n  - invoke: { target-url: $(target-url)$(api.operation.path)$(request.search) }",
      "/pets/7?x=1",
    );
    expect(t.backend.calls.at(-1)?.url).toBe("/base/pets/7?x=1");
    await run(
      `execute:\n  - invoke: { target-url: "${t.backend.url}/other/$(request.parameters.petId)?fixed=1" }`,
      "/pets/a%20b?x=1",
    );
    expect(t.backend.calls.at(-1)?.url).toBe("/other/a%20b?fixed=1");
    const properties = `  properties: { target-url: { value: "${t.backend.url}/property" } }\n`;
    await run("execute:\n  - invoke: { target-url: $(target-url) }", "/open", undefined, properties);
    expect(t.backend.calls.at(-1)?.url).toBe("/property");
  });

  test.each(["..%2F..%2Fadmin", "..", "a/../b", "x?y=1#z", "@evil.example"])(
    "what a client writes stays in its place: %s (T2)",
    async (text) => {
      const { status } = await run(
        `execute:\n  - invoke: { target-url: "${t.backend.url}/safe/$(request.headers.X-Id)/end" }`,
        "/open",
        { headers: [["X-Id", text]] },
      );
      const url = t.backend.calls.at(-1)?.url;
      if (status === 200) expect(url).toMatch(/^\/safe\/[^/?#]+\/end$/);
      else expect([status, url]).toEqual([500, undefined]);
    },
  );

  test("passes verb, headers and parameters as it is told", async () => {
    await run(
      `execute:
  - invoke:
      target-url: ${t.backend.url}/x
      verb: PUT
      username: me
      password: $(request.headers.X-Pass)
      header-control: { type: allowlist, values: ["^content-type$", "^X-K"] }
      parameter-control: { type: blocklist, values: ["^secret"] }`,
      "/open?a=1&secretive=2&b=3",
      {
        ...post('{"a":1}'),
        headers: [
          ["Content-Type", "application/json"],
          ["X-Keep", "1"],
          ["X-Drop", "1"],
          ["X-Pass", "wörd"],
        ],
      },
    );
    const seen = t.backend.calls.at(-1);
    expect([seen?.method, seen?.url, seen?.body]).toEqual(["PUT", "/x?a=1&b=3", '{"a":1}']);
    expect(["content-type", "x-keep", "x-drop"].map((name) => t.backend.header(name).length)).toEqual([1, 1, 0]);
    expect(Buffer.from(t.backend.header("authorization")[0]?.slice(6) ?? "", "base64").toString()).toMatch(/^me:w/);
  });

  test("redirects are answers, and forbidden addresses are never reached (T10, T12)", async () => {
    answerWith(302, { location: "http://127.0.0.1:1/" }, "");
    const redirect = await run(
      `execute:\n${invoke}\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }`,
    );
    expect([redirect.status, redirect.headers["x-a"], t.backend.calls.length]).toEqual([302, "b", 1]);
    for (const host of ["169.254.169.254", "[::ffff:10.0.0.1]", "0x0a000001"]) {
      const answer = await run(`execute:\n  - invoke: { target-url: "http://$(request.headers.X-Host)/" }`, "/open", {
        headers: [["X-Host", host]],
      });
      expect([answer.status, answer.json.code]).toEqual([502, "BACKEND_UNREACHABLE"]);
    }
  });

  test("two backends, one answer: an output variable leaves the message alone", async () => {
    t.backend.answer = (req, res) =>
      res.writeHead(200, { "content-type": "application/json", "x-from": String(req.url) }).end(`{"url":"${req.url}"}`);
    const { json, headers } = await run(`execute:
  - invoke: { target-url: ${t.backend.url}/first, output: first }
  - invoke: { target-url: ${t.backend.url}/second }
  - set-variable:
      actions:
        - { set: message.body.first, value: $(first.body.url) }
        - { set: message.headers.X-First, value: "$(first.status.code) $(first.headers.X-From)" }`);
    expect([json, headers["x-first"]]).toEqual([{ url: "/second", first: "/first" }, "200 /first"]);
  });

  test("a time limit of its own is 504, and the backend's call is cut off", async () => {
    const cut = new Promise((resolve) => {
      t.backend.answer = (_req, res) => void res.on("close", resolve);
    });
    const { status, json } = await run(`execute:\n  - invoke: { target-url: $(target-url), timeout: 1 }\n  - log: {}`);
    expect([status, json.code]).toEqual([504, "BACKEND_TIMEOUT"]);
    await cut;
  });

  test("a client that goes away takes the backend's call with it", async () => {
    const { source, basePath } = definition(`execute:\n${invoke}\n  - log: {}`);
    await t.put(source);
    const cut = new Promise((resolve) => {
      t.backend.answer = (_req, res) => {
        res.on("close", resolve);
        controller.abort();
      };
    });
    const controller = new AbortController();
    await expect(fetch(`${t.base}/acme/sandbox${basePath}/open`, { signal: controller.signal })).rejects.toThrow();
    await cut;
  });

  test("a body that a step before needed, and one that a method does not have", async () => {
    const streams = `execute:\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }\n  - invoke: { target-url: $(target-url), verb: GET }`;
    await run(streams, "/open", post('{"name":"rex"}'));
    expect(t.backend.calls.at(-1)).toMatchObject({ method: "GET", body: "" });
    expect(t.backend.header("content-length")).toEqual([]);
    const { source, basePath } = definition(`execute:\n  - parse: {}\n${invoke}`);
    await t.put(`${source}x-portico: { validate-request: true }\n`);
    await t.call(`${basePath}/open`, post('{"name":"rex"}'));
    expect(t.backend.calls.at(-1)).toMatchObject({ method: "POST", body: '{"name":"rex"}' });
  });

  test("bodies stream where nothing needs them, and are bounded where something does (T20)", async () => {
    const { source, basePath } = definition(
      `execute:\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }\n${invoke}`,
    );
    await t.put(source);
    const chunks: string[] = [];
    t.backend.answer = (req, res) => {
      res.writeHead(200).write("first");
      req.on("data", (chunk) => chunks.push(String(chunk)));
      req.on("end", () => res.end("last"));
    };
    const answer = await t.call(`${basePath}/open`, post("x".repeat(50_000)));
    expect([answer.text, chunks.join("").length, t.backend.header("x-a")]).toEqual(["firstlast", 50_000, ["b"]]);
    t.backend.answer = undefined;
    const large = await run(
      `execute:\n  - set-variable: { actions: [{ set: message.body.a, value: b }] }\n${invoke}`,
      "/open",
      { ...post("x".repeat(50_000)) },
    );
    expect(large.status).toBe(200);
    t.backend.calls.length = 0;
    const tooLarge = await run(
      `execute:\n  - redact: { actions: [{ path: message.body.a }] }\n${invoke}`,
      "/open",
      post("x".repeat(100_001)),
    );
    expect([tooLarge.status, t.backend.calls.length]).toEqual([413, 0]);
    answerWith(200, {}, Buffer.alloc(100_001));
    expect((await run(`execute:\n${invoke}\n  - log: {}`)).json.code).toBe("BACKEND_INVALID");
  });
});

describe("compressed bodies (T19)", () => {
  test("stay as they are where no policy reads them, and are read where one does", async () => {
    const body = gzipSync('{"a":1}');
    answerWith(200, { "content-type": "text/x", "content-encoding": "gzip" }, body);
    const untouched = await run(
      `execute:\n${invoke}\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }`,
    );
    expect([untouched.headers["content-encoding"], untouched.headers["content-length"]]).toEqual([
      "gzip",
      String(body.length),
    ]);
    const read = await run(`execute:\n${invoke}\n  - set-variable: { actions: [{ set: message.body.b, value: c }] }`);
    expect([read.headers["content-encoding"], JSON.parse(read.text)]).toEqual([undefined, { a: 1, b: "c" }]);
  });

  test("a bomb is refused at the limit of what it becomes, both ways", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const { source, basePath } = definition(`execute:\n  - parse: {}\n${invoke}`);
    await t.put(source);
    const sent = await t.call(`${basePath}/open`, {
      method: "POST",
      body: bomb,
      headers: [["Content-Encoding", "gzip"]],
    });
    expect([sent.status, sent.json.code]).toEqual([413, "BODY_TOO_LARGE"]);
    answerWith(200, { "content-encoding": "gzip" }, bomb);
    const answered = await run(`execute:\n${invoke}\n  - parse: {}`);
    expect([answered.status, answered.json.code]).toEqual([502, "BACKEND_INVALID"]);
  });
});

describe("switch and operation-switch", () => {
  const say = (text: string) => `[{ set-variable: { actions: [{ set: message.body, value: ${text} }] } }]`;

  test("take the first case that holds, else otherwise", async () => {
    const assembly = `execute:
  - switch:
      case:
        - { condition: "$(request.verb) = 'POST'", execute: ${say("post")} }
        - { condition: "$(request.parameters.n) > 5 and request.parameters.n <= '10'", execute: ${say("many")} }
        - { condition: "$operationID() === 'getPet' || $header('X-Kind') in ['a', 'b']", execute: ${say("known")} }
        - otherwise: ${say("other")}`;
    const { source, basePath } = definition(assembly);
    await t.put(source);
    const text = async (path: string, options?: CallOptions) => (await t.call(basePath + path, options)).text;
    expect(await text("/open", post("{}"))).toBe("post");
    expect(await text("/open?n=7")).toBe("many");
    expect(await text("/open?n=70")).toBe("other");
    expect(await text("/pets/1")).toBe("known");
    expect(await text("/open", { headers: [["X-Kind", "b"]] })).toBe("known");
    expect(await text("/open")).toBe("other");
  });

  test("an operation goes its own way", async () => {
    const { source, basePath } = definition(`execute:
  - operation-switch:
      case:
        - { operations: [getPet], execute: ${say("pet")} }
        - { operations: [{ verb: post, path: /open }], execute: ${say("posted")} }
      otherwise: ${say("rest")}`);
    await t.put(source);
    expect((await t.call(`${basePath}/pets/1`)).text).toBe("pet");
    expect((await t.call(`${basePath}/open`, post("{}"))).text).toBe("posted");
    expect((await t.call(`${basePath}/open`)).text).toBe("rest");
  });
});

describe("throw, catch and finally", () => {
  const mark = (name: string, text: string) =>
    `{ set-variable: { actions: [{ set: message.headers.${name}, value: "${text}" }] } }`;

  test("an error that nothing catches has the author's status and words, or none at all", async () => {
    const own = await run(
      'execute:\n  - throw: { name: TooOld, message: "Version $(api.version) is over", error-status-code: 410, error-status-reason: Gone now }',
    );
    expect([own.status, own.json]).toMatchObject([
      410,
      { title: "Gone now", detail: "Version 2.1.0 is over", code: "POLICY_FAILED", httpCode: "410" },
    ]);
    const bare = await run("execute:\n  - throw: { title: The end, name: Odd }");
    expect([bare.status, bare.json.detail]).toEqual([500, 'The policy "The end" of the API failed']);
  });

  test("a catch by name goes before default, and finally runs in every case", async () => {
    const assembly = (name: string) => `execute:
  - throw: { name: ${name}, message: words }
catch:
  - default:
      - ${mark("X-Caught", "default $(error.name)")}
  - errors: [Mine, Other]
    execute:
      - ${mark("X-Caught", "mine $(error.message)")}
      - set-variable: { actions: [{ set: message.status.code, value: 418, type: number }, { set: message.body, value: short and stout }] }
finally:
  - ${mark("X-Last", "yes")}`;
    const mine = await run(assembly("Mine"));
    expect([mine.status, mine.text, mine.headers["x-caught"], mine.headers["x-last"]]).toEqual([
      418,
      "short and stout",
      "mine words",
      "yes",
    ]);
    const other = await run(assembly("Strange"));
    expect([other.status, other.headers["x-caught"], other.headers["x-last"], other.json.code]).toEqual([
      500,
      "default Strange",
      "yes",
      "POLICY_FAILED",
    ]);
  });

  test("policies after an error do not run, and an error in a catch is not caught again", async () => {
    const { status, json } = await run(`execute:
  - throw: { name: First }
${invoke}
catch:
  - default: [{ throw: { name: Second, message: second, error-status-code: 409 } }]`);
    expect([status, json.detail, t.backend.calls.length]).toEqual([409, "second", 0]);
  });

  test("a backend that cannot be reached is a ConnectionError, one that answers 404 an OperationError where it is asked for", async () => {
    const caught = (stop: string) => `execute:
  - invoke: { target-url: $(request.headers.X-To), stop-on-error: ${stop} }
  - ${mark("X-After", "yes")}
catch:
  - errors: [ConnectionError]
    execute: [${mark("X-Caught", "connection")}]
  - errors: [OperationError]
    execute: [${mark("X-Caught", "operation $(message.status.code)")}]`;
    const to = (url: string): CallOptions => ({ headers: [["X-To", url]] });
    const refused = await run(caught("[ConnectionError, OperationError]"), "/open", to("http://127.0.0.1:9/"));
    expect([refused.status, refused.json.code, refused.headers["x-caught"]]).toEqual([
      502,
      "BACKEND_UNREACHABLE",
      "connection",
    ]);
    answerWith(404, { "content-type": "text/plain" }, "no such pet");
    const missing = await run(caught("[ConnectionError, OperationError]"), "/open", to(t.backend.url));
    expect([missing.status, missing.text, missing.headers["x-caught"]]).toEqual([404, "no such pet", "operation 404"]);
    const passed = await run(caught("[ConnectionError]"), "/open", to(t.backend.url));
    expect([passed.status, passed.headers["x-after"], passed.headers["x-caught"]]).toEqual([404, "yes", undefined]);
    const went = await run(caught("[]"), "/open", to("http://127.0.0.1:9/"));
    expect([went.status, went.headers["x-after"]]).toEqual([502, "yes"]);
  });
});

describe("parse, map, validate, redact", () => {
  test("parse makes members of a body, and refuses what is no JSON", async () => {
    const assembly =
      "execute:\n  - parse: { parse-settings-reference: { default: apic-default-parsesettings } }\n  - set-variable: { actions: [{ set: message.headers.X-Name, value: '$(message.body.pets[1].name)' }] }\n" +
      invoke;
    await run(assembly, "/open", post('{"pets":[{},{"name":"rex"}]}'));
    expect(t.backend.header("x-name")).toEqual(["rex"]);
    const broken = await run(assembly, "/open", post("{oops"));
    expect([broken.status, broken.json.code]).toEqual([400, "REQUEST_INVALID"]);
  });

  test("map makes an answer of inputs: members, lists, joined texts, defaults", async () => {
    const { json, headers } = await run(
      `execute:
  - map:
      title: map
      inputs:
        input: { schema: { type: object }, variable: request.body, content: application/json }
        id: { schema: { type: string }, variable: request.parameters.q }
      outputs:
        output: { schema: { type: object }, variable: message.body, content: application/json }
        header: { schema: { type: string }, variable: message.headers.X-Mapped }
      actions:
        - { set: output.id, from: id }
        - { set: output.who.full, from: [input.first, input.last], value: $(1) + ' ' + $(2) }
        - { set: output.kind, value: "'person'" }
        - { set: output.missing, from: input.missing, default: none }
        - { set: output.version, value: $(api.version) }
        - { set: output.names, foreach: input.pets, from: input.pets.name }
        - create: output.pets
          foreach: input.pets
          actions:
            - { set: label, from: $item.name }
            - { set: output.pets.age, from: input.pets.age }
        - { set: header, from: input.first }`,
      "/open?q=7",
      post('{"first":"Ann","last":"Lee","pets":[{"name":"rex","age":3},{"name":"tom"}]}'),
    );
    expect(json).toEqual({
      id: "7",
      who: { full: "Ann Lee" },
      kind: "person",
      missing: "none",
      version: "2.1.0",
      names: ["rex", "tom"],
      pets: [{ label: "rex", age: 3 }, { label: "tom" }],
    });
    expect([headers["x-mapped"], headers["content-type"]]).toEqual(["Ann", "application/json"]);
  });

  test("validate holds a body against the definition, and tells the place, not the value", async () => {
    const assembly = `execute:\n  - validate: { validate-against: body-param }\n${invoke}`;
    expect((await run(assembly, "/open", post('{"name":"rex"}'))).status).toBe(200);
    const wrong = await run(assembly, "/open", post('{"name":17}'));
    expect([wrong.status, wrong.json.code, wrong.json.detail]).toEqual([
      400,
      "REQUEST_INVALID",
      "The body at /name must be string",
    ]);
    const slow = await run(
      `execute:\n  - validate: { definition: "#/components/schemas/Pet" }`,
      "/open",
      post(JSON.stringify({ name: "", tag: `${"a".repeat(50_000)}!` })),
    );
    expect(slow.status).toBe(400);
    answerWith(200, { "content-type": "application/json" }, '{"nothing":1}');
    const backend = await run(`execute:\n${invoke}\n  - validate: { definition: "#/components/schemas/Pet" }`);
    expect([backend.status, backend.json.code]).toEqual([502, "BACKEND_INVALID"]);
    const caught = await run(
      `execute:\n  - validate: { validate-against: body-param }\ncatch:\n  - errors: [ValidateError]\n    execute:\n      - set-variable: { actions: [{ set: message.status.code, value: 422 }] }`,
      "/open",
      post("{}"),
    );
    expect(caught.status).toBe(422);
  });

  test("redact takes fields out, at a path or wherever they are", async () => {
    answerWith(
      200,
      { "content-type": "application/json", "x-inner": "host-7" },
      '{"card":{"number":"4111","name":"Ann"},"list":[{"secret":1},{"deep":{"secret":2}}]}',
    );
    const { json, headers } = await run(`execute:
${invoke}
  - redact:
      actions:
        - { action: redact, from: [response], path: message.body.card.number }
        - { action: remove, from: [all], path: "//*[@name='secret']" }
        - { action: remove, path: message.headers.X-Inner }`);
    expect([json, headers["x-inner"]]).toEqual([
      { card: { number: "********", name: "Ann" }, list: [{}, { deep: {} }] },
      undefined,
    ]);
  });

  test("a body that cannot be looked at does not pass a redaction", async () => {
    answerWith(200, { "content-type": "text/plain" }, "secret=1");
    const { status, text } = await run(
      `execute:\n${invoke}\n  - redact: { redactions: [{ path: message.body.secret }] }`,
    );
    expect([status, text.includes("secret=1")]).toEqual([500, false]);
  });
});

describe("ratelimit", () => {
  test("counts its own rate for each subscription, and answers 429 with Retry-After", async () => {
    const { source, basePath } = definition(`execute:\n  - ratelimit: { rate-limit: ["2/52week"] }\n${invoke}`);
    await t.put(source);
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await t.call(`${basePath}/keyed`, { headers: t.pair })).status);
    const last = await t.call(`${basePath}/keyed`, { headers: t.pair });
    expect([statuses, last.json.code, Number(last.headers["retry-after"]) > 0]).toEqual([
      [200, 200, 429],
      "RATE_LIMIT_EXCEEDED",
      true,
    ]);
    expect(t.backend.calls.length).toBe(2);
  });

  test("takes from the plan, by its default or by name, and can be caught", async () => {
    const { source, basePath } = definition(`execute:\n  - ratelimit: { source: plan-default }\n${invoke}`);
    await t.put(source);
    const left = async () =>
      Number((await t.call(`${basePath}/keyed`, { headers: t.pair })).headers["x-ratelimit-remaining"]);
    const first = await left();
    expect(await left()).toBe(first - 2);
    const caught = await run(
      `execute:\n  - ratelimit: { rate-limit: ["0/week"] }\ncatch:\n  - errors: [RateLimitExceeded]\n    execute:\n      - set-variable: { actions: [{ set: message.status.code, value: 503 }] }`,
    );
    expect(caught.status).toBe(503);
    const unknown = await run("execute:\n  - ratelimit: { source: plan-named, rate-limit: [bronze] }", "/keyed", {
      headers: t.pair,
    });
    expect([unknown.status, unknown.json.code]).toEqual([500, "POLICY_FAILED"]);
  });
});

describe("the message is the answer", () => {
  test("request headers are not echoed, the gateway's own are there, limits too", async () => {
    const { headers, status } = await run(
      "execute:\n  - set-variable: { actions: [{ set: message.headers.X-A, value: b }] }",
      "/keyed",
      { headers: [...t.pair, ["X-Mine", "1"], ["Cookie", "a=b"]] },
    );
    expect([status, headers["x-a"], headers["x-mine"], headers.cookie, headers["x-ibm-client-id"]]).toEqual([
      200,
      "b",
      undefined,
      undefined,
      undefined,
    ]);
    expect([headers["x-request-id"], headers["x-ratelimit-limit"]]).toEqual([
      headers["x-global-transaction-id"],
      "1000",
    ]);
  });

  test("204 has no body", async () => {
    const none = await run(
      "execute:\n  - set-variable: { actions: [{ set: message.status.code, value: 204 }, { set: message.body, value: text }] }",
    );
    expect([none.status, none.text]).toEqual([204, ""]);
  });

  test("a connection serves the next call", async () => {
    const { source, basePath } = definition(
      "execute:\n  - set-variable: { actions: [{ set: message.body, value: text }] }",
    );
    await t.put(source);
    const answer = await fetch(`${t.base}/acme/sandbox${basePath}/open`);
    expect([await answer.text(), answer.headers.get("connection")]).toEqual(["text", "keep-alive"]);
  });

  test("an error of the author's gives the call back, unless a backend had been asked", async () => {
    const left = async (assembly: string) => {
      const { source, basePath } = definition(assembly);
      await t.put(source);
      const answers = [];
      for (let i = 0; i < 2; i += 1) answers.push(await t.call(`${basePath}/keyed`, { headers: t.pair }));
      return answers.map(({ status, headers }) => [status, Number(headers["x-ratelimit-remaining"])]);
    };
    const error = "  - throw: { name: Mine, error-status-code: 409 }";
    const [first, second] = await left(`execute:\n${error}`);
    expect([first?.[0], second?.[1]]).toEqual([409, first?.[1]]);
    const [third, fourth] = await left(`execute:\n${invoke}\n${error}`);
    expect([third?.[0], fourth?.[1]]).toEqual([409, (third?.[1] ?? 0) - 1]);
  });

  test("a backend's hop-by-hop headers and identifiers do not come through (T6)", async () => {
    answerWith(200, { "keep-alive": "timeout=9", "x-request-id": "theirs", connection: "X-Hop", "x-hop": "1" }, "ok");
    const { headers } = await run(`execute:\n${invoke}\n  - log: { mode: gather-and-send }`);
    expect([headers["x-hop"], headers["x-request-id"] === "theirs"]).toEqual([undefined, false]);
  });
});
