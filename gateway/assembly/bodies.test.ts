import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { sendRaw } from "#gateway/conformance/kit/client.ts";
import { definition, testGateway } from "./test-gateway.ts";

const { t, run, answerWith } = testGateway();
const invoke = "  - invoke: { title: call, target-url: $(target-url) }";
const post = (body: string, headers: [string, string][] = [["Content-Type", "application/json"]]) => ({
  method: "POST",
  body,
  headers,
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

test("a body that is read in chunks of a byte takes its bytes, and not the 450 that Node makes of each (T20)", async () => {
  const { source, basePath } = definition(`execute:\n  - parse: {}\n${invoke}`);
  await t.put(source);
  const limit = t.gateway.bodyBytesMax;
  t.gateway.bodyBytesMax = 2_000_000;
  let most = 0;
  t.backend.answer = (req, res) => {
    most = process.memoryUsage.rss();
    req.resume().on("end", () => res.end("{}"));
  };
  const head = `POST /acme/sandbox${basePath}/open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const body = Buffer.from(`${head}1\r\n"\r\n${"1\r\na\r\n".repeat(1_000_000)}1\r\n"\r\n0\r\n\r\n`);
  const before = process.memoryUsage.rss();
  const answer = await sendRaw(body, t.base);
  t.gateway.bodyBytesMax = limit;
  expect([answer.statuses, t.backend.header("content-length")]).toEqual([[200], ["1000000"]]);
  expect(most - before).toBeLessThan(200_000_000);
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
