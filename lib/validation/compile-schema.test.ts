import { expect, test } from "vitest";
import { compileSchema, DEFINITIONS, type JsonSchema, schemaCompiler } from "./compile-schema.ts";
import { PatternRefused } from "./linear-pattern.ts";

const first = (schema: JsonSchema, value: unknown) => compileSchema(schema)(value)[0];

test.each([
  ["a missing member", { required: ["a"] }, {}, "", 'lacks the required member "a"'],
  [
    "a member that is not allowed",
    { additionalProperties: false },
    { b: 1 },
    "",
    'has the member "b", which is not allowed',
  ],
  [
    "a wrong type, deep inside",
    { items: { properties: { a: { type: "string" } } } },
    [{ a: 1 }],
    "/0/a",
    "must be string",
  ],
  ["a value outside of a list", { enum: ["x", 1] }, "y", "", 'must be one of "x", 1'],
  ["a date that no calendar has", { format: "date" }, "2026-02-30", "", 'must match format "date"'],
  ["a text that breaks its pattern", { pattern: "^a+$" }, "ab", "", "must match the pattern ^a+$"],
  [
    "equal items in another order",
    { uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    "",
    "must NOT have duplicate items",
  ],
  ["a name with a slash", { properties: { "a/b": { type: "null" } } }, { "a/b": 1 }, "/a~1b", "must be null"],
  ["null where nothing says so", { type: "string" }, null, "", "must be string"],
])("%s is named with its place", (_what, schema, value, pointer, message) => {
  expect(first(schema, value)).toEqual({ pointer, message });
});

test("what is right has no violation, and an unknown format or keyword is no rule", () => {
  const schema = {
    type: "object",
    properties: { id: { type: "string", format: "barcode" } },
    "x-note": 1,
    example: {},
  };
  expect(compileSchema(schema)({ id: "any" })).toEqual([]);
});

test("the value itself is never repeated, and names are cut", () => {
  const secret = "pcs_live_secret";
  for (const schema of [{ type: "number" }, { enum: ["a"] }, { pattern: "^b$" }, { maxLength: 1 }, { const: "a" }]) {
    expect(JSON.stringify(compileSchema(schema)(secret))).not.toContain(secret);
  }
  const long = first({ additionalProperties: false }, { ["x".repeat(5_000)]: 1 });
  expect(long?.message.length).toBeLessThan(200);
});

test("a pattern that takes a backtracking engine for ever ends (T18)", () => {
  const check = compileSchema({ type: "string", pattern: "^(a+)+$" });
  expect(check(`${"a".repeat(50_000)}!`)).toHaveLength(1);
  expect(check("a".repeat(50_000))).toEqual([]);
});

test.each(["(?=a)b", "(a)\\1", "^a{1,5000}$", "^((a{1,30}){1,30}){1,30}$", "("])(
  "the pattern %s is refused where it is compiled (T18)",
  (pattern) => {
    expect(() => compileSchema({ pattern })).toThrow(PatternRefused);
  },
);

test("a hundred thousand different items are compared once each (T18)", () => {
  const list = Array.from({ length: 100_000 }, (_, id) => ({ id }));
  expect(compileSchema({ uniqueItems: true })(list)).toEqual([]);
});

test("schemas share definitions, which may refer to themselves", () => {
  const node = { type: "object", properties: { next: { $ref: `${DEFINITIONS}node` } }, additionalProperties: false };
  const compile = schemaCompiler({ node });
  const check = compile({ $ref: `${DEFINITIONS}node` });
  expect(check({ next: { next: {} } })).toEqual([]);
  expect(check({ next: { next: { x: 1 } } })[0]?.pointer).toBe("/next/next");
  expect(compile({ type: "array", items: { $ref: `${DEFINITIONS}node` } })([{}, 1])[0]?.pointer).toBe("/1");
});

test("a value that is nested deeper than the stack is not valid, and fails nothing else", () => {
  const check = compileSchema({ properties: { next: { $ref: "#" } } });
  let value = {};
  for (let depth = 0; depth < 200_000; depth += 1) value = { next: value };
  expect(check(value)).toEqual([{ pointer: "", message: "is nested too deeply" }]);
});

test("members of Object.prototype are no members of a value (T17)", () => {
  expect(first({ required: ["constructor"] }, {})?.message).toBe('lacks the required member "constructor"');
  expect(first({ additionalProperties: false }, JSON.parse('{"__proto__":1}'))?.message).toMatch(/"__proto__"/);
  expect(compileSchema({ required: ["__proto__"] })(JSON.parse('{"__proto__":1}'))).toEqual([]);
});

test("a reference out of the schema is refused, never fetched (T14)", () => {
  expect(() => compileSchema({ $ref: "http://127.0.0.1/x.json" })).toThrow(/resolve/);
});
