import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { analyseDefinition } from "./analyse-definition.ts";
import { runJob } from "./definition-pool.ts";

const head = 'openapi: 3.0.3\ninfo: {title: A, version: "1"}\nservers: [{url: /a}]\n';

/** A definition with one operation whose body has this schema. */
const withSchema = (schema: unknown, extra: object = {}) =>
  JSON.stringify({
    openapi: "3.0.3",
    info: { title: "A", version: "1" },
    servers: [{ url: "/a" }],
    paths: {
      "/x": {
        post: {
          requestBody: { content: { "application/json": { schema } } },
          responses: { 200: { description: "ok" } },
        },
      },
    },
    ...extra,
  });

async function refusal(source: string) {
  const error = await analyseDefinition(source).then(
    () => null,
    (e) => e,
  );
  expect(error?.code).toBe("DEFINITION_INVALID");
  return error as { detail: string; fields: { message: string }[] };
}

/** Warm, so that what is timed is the text and not the thread's start. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  await analyseDefinition(`${head}paths: {}\n`);
  const started = performance.now();
  await work();
  return performance.now() - started;
};

describe("T15: YAML bombs", () => {
  it("refuses nine levels of nine aliases without building them", async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `  l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
    const bomb = `${head}paths: {}\nx-bomb:\n  l0: &l0 [lol]\n${levels.join("\n")}\n`;
    await refusal(`${head}paths: [}`);
    const before = process.memoryUsage().rss;
    expect(await timed(() => refusal(bomb))).toBeLessThan(1_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  it("refuses ten thousand merges", async () => {
    const big = `${head}paths: {}\nx-base: &b {${Array.from({ length: 500 }, (_, n) => `k${n}: 1`).join(", ")}}\nx-all:\n${"  - {<<: *b}\n".repeat(10_000)}`;
    expect((await refusal(big)).detail).toMatch(/alias|merge|limit/i);
  });

  it("refuses an alias that contains itself", async () => {
    expect((await refusal(`${head}paths: {}\nx-a: &a {b: *a}\n`)).detail).toBeTruthy();
  });
});

describe("T16: circular and deep definitions", () => {
  it("reads a schema that refers to itself", async () => {
    const schema = { $ref: "#/components/schemas/Node" };
    const components = {
      schemas: { Node: { type: "object", properties: { next: schema, name: { type: "string" } } } },
    };
    const { operations } = await analyseDefinition(withSchema(schema, { components }));
    expect(JSON.parse(operations[0]?.slice.body?.example ?? "")).toMatchObject({ name: "string" });
  });

  it("survives references that only refer to each other", async () => {
    const components = { schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } } };
    const analysis = await analyseDefinition(withSchema({ $ref: "#/components/schemas/A" }, { components }));
    expect(analysis.outline).toHaveLength(1);
  });

  it("refuses a schema of 2,000 levels within a second, in JSON and in YAML", async () => {
    let schema: object = { type: "string" };
    for (let n = 0; n < 2_000; n += 1) schema = { type: "object", properties: { a: schema } };
    expect(await timed(() => refusal(withSchema(schema)))).toBeLessThan(1_000);
    expect(
      await timed(() => refusal(`${head}paths: {}\nx-deep: ${"[".repeat(2_000)}${"]".repeat(2_000)}\n`)),
    ).toBeLessThan(1_000);
  });

  it("reads a schema of 300 levels", async () => {
    let schema: object = { type: "string" };
    for (let n = 0; n < 300; n += 1) schema = { type: "object", properties: { a: schema } };
    expect((await analyseDefinition(withSchema(schema))).operations).toHaveLength(1);
  });
});

describe("T17: names that mean something to JavaScript", () => {
  it("keeps __proto__, constructor and prototype as names", async () => {
    const scheme = '{"type":"apiKey","in":"header","name":"X-API-Key"}';
    const source = `{"openapi":"3.0.3","info":{"title":"A","version":"1"},"servers":[{"url":"/a"}],
      "security":[{"__proto__":[]}],"__proto__":{"polluted":true},
      "components":{"securitySchemes":{"__proto__":${scheme},"constructor":${scheme}},"schemas":{"prototype":{"type":"string"}}},
      "paths":{"/__proto__":{"get":{"operationId":"constructor","responses":{"200":{"description":"ok"}}}}}}`;
    const { compiled } = await analyseDefinition(source);
    expect(Object.keys(compiled.schemes)).toEqual(["__proto__"]);
    expect(compiled.operations).toEqual([
      { key: "constructor", method: "GET", path: "/__proto__", security: [["__proto__"]] },
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    const yaml = `${head}__proto__: {polluted: true}\npaths:\n  /a:\n    get:\n      parameters: [{name: __proto__, in: query, schema: {type: string}}]\n      responses: {}\n`;
    expect((await analyseDefinition(yaml)).operations[0]?.slice.parameters[0]?.name).toBe("__proto__");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("T14: references out of the text", () => {
  it("are reported, never read and never fetched", async () => {
    let calls = 0;
    const server = createServer((_, answer) => {
      calls += 1;
      answer.end('{"type":"string"}');
    });
    await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/schema.json`;
    const properties = { a: { $ref: address }, b: { $ref: "file:///etc/passwd" }, c: { $ref: "./package.json" } };
    const { findings, operations } = await analyseDefinition(withSchema({ type: "object", properties }));
    server.close();
    expect(calls).toBe(0);
    expect(findings.filter((f) => f.code === "REF_EXTERNAL").map((f) => f.message.split(" ")[3])).toEqual([
      "./package.json",
      "file:///etc/passwd",
      address,
    ]);
    expect(JSON.stringify([findings, operations])).not.toContain("root:");
  });
});

describe("what is refused and what is not", () => {
  it("refuses a reference into nowhere from a used operation, with its place", async () => {
    const { fields } = await refusal(withSchema({ $ref: "#/components/schemas/Missing" }));
    expect(fields[0]?.message).toMatch(
      /^Line 1, column \d+: The reference #\/components\/schemas\/Missing leads nowhere/,
    );
  });

  it("does not refuse one that no operation uses, nor data that only looks like one", async () => {
    const components = {
      schemas: {
        Unused: { $ref: "#/nowhere" },
        Named: { type: "object", properties: { $ref: { type: "string" }, example: { type: "string" } } },
      },
    };
    const schema = { allOf: [{ $ref: "#/components/schemas/Named" }], example: { $ref: "#/nowhere" } };
    expect((await analyseDefinition(withSchema(schema, { components }))).operations).toHaveLength(1);
  });

  it("says what is wrong with a text that is no definition", async () => {
    expect((await refusal("")).detail).toContain("no text");
    expect((await refusal("hello")).detail).toContain('no "openapi" or "swagger" key');
    expect((await refusal("openapi: 4.0.0")).detail).toContain("not supported");
    expect((await refusal(`${head}\0`)).detail).toContain("NUL");
    expect((await refusal(`{"openapi":"3.0.3","x":"${"y".repeat(5_300_000)}"}`)).detail).toContain("5 MB");
    expect((await refusal(`${head}paths:\n\t/a: {}\n`)).fields[0]?.message).toMatch(/^Line \d+, column \d+/);
  });

  it("reads a byte order mark, a version that looks like a number, equal operation IDs and NUL escapes", async () => {
    const operation = '{"operationId":"same","summary":"a\\u0000b\\ud800","responses":{}}';
    const source = `\uFEFF{"swagger":"2.0","info":{"title":"A","version":1.10},"basePath":"/a","paths":{"/a":{"get":${operation},"put":${operation}}}}`;
    const analysis = await analyseDefinition(source);
    expect(analysis.operations.map((o) => o.key)).toEqual(["GET /a", "PUT /a"]);
    expect(analysis.outline[0]?.summary).toBe("ab\uFFFD");
    expect((await analyseDefinition("openapi: 3.0.3\ninfo: {title: A, version: 1.10}\npaths: {}")).version).toBe(
      "1.10",
    );
  });
});

describe("the worker", () => {
  it("serves many at once in turn and refuses what nobody would wait for", async () => {
    const jobs = Array.from({ length: 40 }, () => runJob({ kind: "form", source: `${head}paths: {}\n` }));
    const results = await Promise.allSettled(jobs);
    const refused = results.filter((r) => r.status === "rejected");
    expect(results.length - refused.length).toBe(22);
    expect(refused.every((r) => r.reason.code === "OVERLOADED")).toBe(true);
    expect(await runJob({ kind: "form", source: `${head}paths: {}\n` })).toMatchObject({ basePath: "/a" });
  });
});
