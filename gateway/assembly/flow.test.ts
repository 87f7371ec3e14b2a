import { describe, expect, test } from "vitest";
import type { CallOptions } from "#gateway/conformance/kit/client.ts";
import { definition, testGateway } from "./test-gateway.ts";

const { t, run, answerWith } = testGateway();
const invoke = "  - invoke: { title: call, target-url: $(target-url) }";
const post = (body: string, headers: [string, string][] = [["Content-Type", "application/json"]]) => ({
  method: "POST",
  body,
  headers,
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
    const nobody =
      "execute:\n  - invoke: { title: Ask, target-url: $(request.headers.X-To), stop-on-error: [OperationError] }";
    const uncaught = await run(nobody, "/open", to(t.backend.url));
    expect([uncaught.status, uncaught.json.detail]).toEqual([500, 'The policy "Ask" of the API failed']);
    const went = await run(caught("[]"), "/open", to("http://127.0.0.1:9/"));
    expect([went.status, went.headers["x-after"]]).toEqual([502, "yes"]);
  });
});
