import { describe, expect, test } from "vitest";
import { definition, testGateway } from "./test-gateway.ts";

const { t, run, answerWith } = testGateway();
const invoke = "  - invoke: { title: call, target-url: $(target-url) }";
const post = (body: string, headers: [string, string][] = [["Content-Type", "application/json"]]) => ({
  method: "POST",
  body,
  headers,
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

  test("letters of an address that no address has on the wire are spelled out (F16)", async () => {
    const properties = "  properties: { street: { value: 'straße' } }\n";
    const url = `${t.backend.url}/bücher/$(street)?q=€`;
    const { status } = await run(`execute:\n  - invoke: { target-url: "${url}" }`, "/open", undefined, properties);
    expect([status, t.backend.calls.at(-1)?.url]).toEqual([200, "/b%C3%BCcher/stra%C3%9Fe?q=%E2%82%AC"]);
  });

  test.each([
    ["$(request.path)", "/pets/7"],
    ["$(request.path)$(request.search)", "/pets/7?x=1"],
    ["$(request.uri)", "/pets/7?x=1"],
    ["$(api.operation.path)", "/pets/7"],
    ["$(request.search)", "/?x=1"],
  ])("the path that was called follows a host and its port: %s (F16)", async (rest, url) => {
    const { status } = await run(`execute:\n  - invoke: { target-url: "${t.backend.url}${rest}" }`, "/pets/7?x=1");
    const seen = t.backend.calls.at(-1)?.url ?? "";
    expect([status, seen.slice(-url.length)]).toEqual([200, url]);
  });

  test.each(["", "/", "//", "127.0.0.1:1/", "user@", "a?", "a#", "\\\\"])(
    "a client's path is no host, whatever it writes in place of one: %j (F16, T10)",
    async (text) => {
      const target = '"http://$(request.headers.X-Host)$(request.path)"';
      const { json } = await run(`execute:\n  - invoke: { target-url: ${target} }`, "/pets/7", {
        headers: text === "" ? [] : [["X-Host", text]],
      });
      expect([json.code, t.backend.calls.length]).toEqual(["POLICY_FAILED", 0]);
    },
  );

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

  test("whatever a policy does to Via, each backend is told that the call came through here", async () => {
    const actions =
      "[{ set: message.headers.Via, value: forged }, { set: message.headers.via, value: $(request.headers.via) }]";
    for (const last of [invoke, "  - invoke: { target-url: $(target-url) }\n  - log: {}"]) {
      for (const change of [actions, "[{ clear: message.headers.Via }]"]) {
        const headers: [string, string][] = [["Via", "1.1 before"]];
        await run(`execute:\n  - set-variable: { actions: ${change} }\n${last}`, "/open", { headers });
        expect(t.backend.header("via")).toEqual([expect.stringMatching(/^1\.1 before, 1\.1 [0-9a-f]{16}$/)]);
      }
    }
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
