import { expect, test } from "vitest";
import { compileSchema, type JsonSchema } from "#lib/validation/compile-schema.ts";
import { bundleSchema, newBudget } from "./bundle-schema.ts";
import { Unreadable } from "./reference.ts";

const document = {
  components: {
    schemas: {
      Node: {
        type: "object",
        properties: { next: { $ref: "#/components/schemas/Node" }, kind: { type: "string", nullable: true } },
      },
      Lost: { $ref: "#/components/schemas/Nowhere" },
      Outside: { $ref: "http://127.0.0.1/x.json" },
    },
  },
};
const bundle = (schema: unknown) => bundleSchema(document, schema, newBudget());
const first = (schema: unknown, value: unknown) => compileSchema(bundle(schema) as JsonSchema)(value)[0];

test("a schema stands alone with what it refers to, also itself", () => {
  const node = { $ref: "#/components/schemas/Node" };
  expect(first(node, { next: { next: {} } })).toBeUndefined();
  expect(first(node, { next: { next: 1 } })?.pointer).toBe("/next/next");
});

test.each([
  ["nullable", { $ref: "#/components/schemas/Node" }, { kind: null }, { kind: 1 }],
  ["exclusive bounds of 3.0", { minimum: 1, exclusiveMinimum: true, maximum: 9 }, 2, 1],
  [
    "members that are named like keywords",
    { properties: { example: { type: "string" }, title: { type: "string" } } },
    { example: "" },
    { title: 1 },
  ],
  ["data that looks like a reference", { enum: [{ $ref: "#/x" }] }, { $ref: "#/x" }, {}],
])("%s means the same", (_what, schema, right, wrong) => {
  expect(first(schema, right)).toBeUndefined();
  expect(first(schema, wrong)).toBeDefined();
});

test("references that lead nowhere, or out of the document, are refused (T14)", () => {
  for (const name of ["Lost", "Outside"])
    expect(() => bundle({ $ref: `#/components/schemas/${name}` })).toThrow(Unreadable);
});

test("what would take too long to check is refused (T16)", () => {
  let deep: unknown = {};
  for (let i = 0; i < 2_000; i += 1) deep = { items: deep };
  expect(() => bundle(deep)).toThrow(Unreadable);
  expect(() => bundle({ oneOf: Array.from({ length: 30_000 }, () => ({})) })).toThrow(Unreadable);
});
