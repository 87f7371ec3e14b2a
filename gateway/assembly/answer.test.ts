import { describe, expect, test } from "vitest";
import { definition, testGateway } from "./test-gateway.ts";

const { t, run, answerWith } = testGateway();
const invoke = "  - invoke: { title: call, target-url: $(target-url) }";

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
    const unknown = await run("execute:\n  - ratelimit: { source: plan-named, rate-limit: [7-per-hour] }", "/keyed", {
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
