import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { schemaCompiler } from "#lib/validation/compile-schema.ts";
import { RequestValidator } from "#lib/validation/request-validator.ts";
import { compileValidation } from "./compile-validation.ts";
import type { JsonObject } from "./json-pointer.ts";
import { keyedOperations } from "./operations.ts";
import { parseText } from "./parse-text.ts";

const compiled = (document: JsonObject) => compileValidation(document, keyedOperations(document));
const validator = (document: JsonObject) => new RequestValidator(compiled(document).validation);

/** A POST with one parameter or body in a definition of the given version. */
const three = (operation: JsonObject, schemas: JsonObject = {}, openapi = "3.0.3"): JsonObject => ({
  openapi,
  paths: { "/x": { post: { operationId: "post", ...operation } } },
  components: { schemas },
});
const two = (operation: JsonObject, definitions: JsonObject = {}): JsonObject => ({
  swagger: "2.0",
  paths: { "/x": { post: { operationId: "post", ...operation } } },
  definitions,
});
const parameter = (document: JsonObject, ...texts: string[]) => validator(document).parameters("post", () => texts);
const query = (schema: JsonObject, more: JsonObject = {}) =>
  three({ parameters: [{ name: "q", in: "query", schema, ...more }] });
const json = (schema: unknown) => ({ requestBody: { content: { "application/json": { schema } } } });
function body(document: JsonObject, value: unknown) {
  const made = validator(document);
  const media = made.body("post")?.content[0];
  if (!media) throw new Error("the operation has a body");
  return made.content("post", media, typeof value === "string" ? value : JSON.stringify(value));
}

describe("parameters", () => {
  test.each([
    [{ type: "integer", minimum: 1 }, "5", null],
    [{ type: "integer", minimum: 1 }, "0", "must be >= 1"],
    [{ type: "integer" }, "1.5", "must be integer"],
    [{ type: "integer" }, "0x10", "must be integer"],
    [{ type: "integer" }, "", "must be integer"],
    [{ type: "number" }, "-1.5e3", null],
    [{ type: "boolean" }, "true", null],
    [{ type: "boolean" }, "1", "must be boolean"],
    [{ type: "string", enum: ["a"] }, "b", 'must be one of "a"'],
    [{ type: "string", format: "date" }, "2026-13-01", 'must match format "date"'],
    [{ type: "string" }, "7", null],
    [{ anyOf: [{ type: "integer" }, { type: "string", minLength: 3 }] }, "abc", null],
    [{ anyOf: [{ type: "integer" }, { type: "string", minLength: 3 }] }, "12", null],
    [{ type: "array", items: { type: "integer" } }, "7", null],
    [{ type: "array", items: { type: "integer" } }, "x", "must be integer"],
  ])("%j takes %j: %s", (schema, text, message) => {
    expect(parameter(query(schema), text)?.message ?? null).toBe(message);
  });

  test("a required one may not be missing, none may come twice, and the place is a pointer", () => {
    const required = query({ type: "string" }, { required: true, name: "a/b" });
    expect(parameter(required)).toEqual({ pointer: "/query/a~1b", message: "is missing" });
    expect(parameter(required, "x", "y")?.message).toBe("was sent more than once");
    expect(parameter(query({ type: "string" }))).toBeNull();
  });

  test.each([
    ["form, exploded", {}, ["1", "2"]],
    ["form", { explode: false }, ["1,2"]],
    ["spaces", { style: "spaceDelimited", explode: false }, ["1 2"]],
    ["pipes", { style: "pipeDelimited", explode: false }, ["1|2"]],
  ])("a list as %s", (_what, more, texts) => {
    const schema = { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 2 };
    expect(parameter(query(schema, more), ...texts)).toBeNull();
    expect(parameter(query({ ...schema, minItems: 3 }, more), ...texts)?.message).toMatch(/fewer than 3/);
  });

  test("2.0: the parameter is its own schema, with its collection format", () => {
    const list = (more: JsonObject) =>
      two({
        parameters: [{ name: "q", in: "query", type: "array", items: { type: "integer" }, required: true, ...more }],
      });
    expect(parameter(list({}), "1,2")).toBeNull();
    expect(parameter(list({}), "1,x")?.pointer).toBe("/query/q/1");
    expect(parameter(list({ collectionFormat: "multi" }), "1", "2")).toBeNull();
    expect(parameter(list({ collectionFormat: "pipes" }), "1|2")).toBeNull();
  });

  test("JSON in a parameter is parsed, and what has no simple form is let through", () => {
    const content = {
      name: "q",
      in: "query",
      content: { "application/json": { schema: { type: "object", required: ["a"] } } },
    };
    const inJson = three({ parameters: [content] });
    expect(parameter(inJson, '{"a":1}')).toBeNull();
    expect(parameter(inJson, "{}")?.message).toBe('lacks the required member "a"');
    expect(parameter(inJson, "{")?.message).toBe("is not JSON");
    expect(parameter(query({ type: "object", required: ["a"] }, { style: "deepObject" }), "anything")).toBeNull();
  });
});

describe("bodies", () => {
  test("a reference, in itself and in a circle", () => {
    const node = { type: "object", properties: { next: { $ref: "#/components/schemas/Node" } }, required: ["name"] };
    const document = three(json({ $ref: "#/components/schemas/Node" }), { Node: node });
    expect(body(document, { name: 1, next: { name: 2 } })).toBeNull();
    expect(body(document, { name: 1, next: {} })).toEqual({
      pointer: "/body/next",
      message: 'lacks the required member "name"',
    });
    expect(body(document, "{nope")).toEqual({ pointer: "/body", message: "is not JSON" });
  });

  test.each([
    ["3.0.3", { type: "string", nullable: true }, null, true],
    ["3.0.3", { type: "string", nullable: true, enum: ["a"] }, null, true],
    ["3.0.3", { nullable: true, allOf: [{ type: "string" }] }, null, true],
    ["3.0.3", { type: "string" }, null, false],
    ["3.0.3", { type: "integer", minimum: 1, exclusiveMinimum: true }, 1, false],
    ["3.0.3", { type: "integer", minimum: 1, exclusiveMinimum: false }, 1, true],
    ["3.1.0", { type: ["string", "null"] }, null, true],
    ["3.1.0", { type: "integer", exclusiveMinimum: 1 }, 1, false],
    ["3.1.0", { const: 5 }, 6, false],
    ["3.1.0", { prefixItems: [{ type: "integer" }], items: false }, [1, 2], false],
  ])("%s %j holds %j: %s", (version, schema, value, valid) => {
    expect(body(three(json(schema), {}, version), value) === null).toBe(valid);
  });

  test("members that only answers have are not required of a request", () => {
    const schema = { type: "object", required: ["id", "name"], properties: { id: { readOnly: true }, name: {} } };
    expect(body(three(json(schema)), { name: "a" })).toBeNull();
    expect(body(three(json(schema)), { id: 1 })?.message).toBe('lacks the required member "name"');
  });

  test("a form's fields are values by their properties, in 3.0 and 2.0", () => {
    const fields = { n: { type: "integer" }, list: { type: "array", items: { type: "integer" } } };
    const form = {
      "application/x-www-form-urlencoded": { schema: { type: "object", required: ["n"], properties: fields } },
    };
    const inThree = three({ requestBody: { content: form } });
    const inTwo = two({
      parameters: [
        { name: "n", in: "formData", type: "integer", required: true },
        { name: "list", in: "formData", type: "array", items: { type: "integer" }, collectionFormat: "multi" },
      ],
    });
    for (const document of [inThree, inTwo]) {
      expect(body(document, "n=5&list=1&list=2&more=x")).toBeNull();
      expect(body(document, "n=five")?.pointer).toBe("/body/n");
      expect(body(document, "list=1")?.message).toBe('lacks the required member "n"');
      expect(body(document, "n=1&n=2")?.pointer).toBe("/body/n");
    }
  });

  test("2.0: the body's schema under each type that is consumed", () => {
    const document = two(
      {
        consumes: ["application/json", "application/xml"],
        parameters: [{ in: "body", name: "b", required: true, schema: { $ref: "#/definitions/B" } }],
      },
      { B: { type: "object", required: ["a"] } },
    );
    expect(body(document, {})?.message).toBe('lacks the required member "a"');
    const { operations } = compiled(document).validation;
    expect(operations.post?.body?.content.map(({ type, schema }) => [type, schema === null])).toEqual([
      ["application/json", false],
      ["application/xml", true],
    ]);
  });

  test("what is no schema, and what leads out of the text, is not checked (T14)", () => {
    for (const schema of [
      { $ref: "http://127.0.0.1/x.json" },
      { type: "any" },
      { required: true },
      { maxLength: "5" },
      "x",
    ]) {
      expect(body(three(json(schema)), { a: 1 })).toBeNull();
    }
  });
});

test("a pattern that needs a backtracking engine is an error with its place (T18)", () => {
  const schema = {
    type: "object",
    properties: { "a b": { pattern: "^(?=a)b$" } },
    patternProperties: { "(x)\\1": {} },
  };
  const found = compiled(three(json({ $ref: "#/components/schemas/S" }), { S: schema })).violations;
  expect(found.map(({ pointer, severity }) => [pointer, severity])).toEqual([
    ["/components/schemas/S/properties/a b/pattern", "error"],
    ["/components/schemas/S/patternProperties", "error"],
  ]);
});

test("names of Object.prototype are names like all (T17)", () => {
  const document = JSON.parse(
    '{"openapi":"3.0.3","paths":{"/x":{"post":{"operationId":"__proto__","requestBody":{"content":{"application/json":{"schema":{"properties":{"constructor":{"type":"string"}}}}}}}}}}',
  );
  const made = validator(document);
  const media = made.body("__proto__")?.content[0];
  expect(media && made.content("__proto__", media, '{"constructor":1}')?.pointer).toBe("/body/constructor");
  expect(() => made.parameters("toString", () => [])).toThrow(/no validation was compiled/);
});

const corpus = process.env.SPEC_CORPUS ?? "../shared/specs";
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => /\.(json|ya?ml)$/.test(name)) : [];

test.skipIf(files.length === 0).each(files)("every request schema of %s compiles", (file) => {
  const { definitions, operations } = compiled(parseText(readFileSync(join(corpus, file), "utf8")).document).validation;
  const compile = schemaCompiler(definitions);
  for (const { parameters, body } of Object.values(operations)) {
    for (const each of parameters) compile(each.schema);
    for (const media of body?.content ?? []) if (media.schema !== null) compile(media.schema);
  }
});
