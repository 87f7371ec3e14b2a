import { describe, expect, test } from "vitest";
import { testGateway } from "./test-gateway.ts";

const { t, run } = testGateway();
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
