import { describe, expect, it } from "vitest";
import type { JsonObject } from "./json-pointer.ts";
import { operationSlice } from "./operation-slice.ts";
import { keyedOperations } from "./operations.ts";

function sliceOf(document: JsonObject) {
  const [operation] = keyedOperations(document);
  if (!operation) throw new Error("no operation");
  return operationSlice(document, operation);
}

const three = (operation: object, pathItem: object = {}, components: object = {}) =>
  sliceOf({ openapi: "3.0.3", paths: { "/pets/{id}": { ...pathItem, post: operation } }, components });
const two = (operation: object, extra: object = {}) =>
  sliceOf({ swagger: "2.0", paths: { "/pets": { post: operation } }, ...extra });

describe("parameters of an operation", () => {
  it("S55: come from path and operation, the operation's own last word, references resolved", () => {
    const components = {
      parameters: { Limit: { name: "limit", in: "query", schema: { $ref: "#/components/schemas/Limit" } } },
      schemas: { Limit: { type: "integer", default: 20 } },
    };
    const path = {
      parameters: [
        { name: "id", in: "path", schema: { type: "string" } },
        { name: "a", in: "query", description: "path's" },
      ],
    };
    const own = {
      parameters: [
        { $ref: "#/components/parameters/Limit" },
        { name: "a", in: "query", description: "own", required: true },
      ],
    };
    const { parameters } = three(own, path, components);
    expect(parameters.map((p) => [p.name, p.in, p.required, p.type, p.description])).toEqual([
      ["id", "path", true, "string", ""],
      ["a", "query", true, "string", "own"],
      ["limit", "query", false, "integer", ""],
    ]);
    expect(parameters[2]?.example).toBe("20");
  });

  it("have an example where one is given, a sample where one is needed, and none else", () => {
    const parameters = [
      { name: "zipcode", in: "query", example: 90210 },
      { name: "named", in: "query", examples: { one: { value: "first" } } },
      {
        name: "list",
        in: "query",
        schema: { type: "array", items: { type: "string", enum: ["a", "b"] }, example: ["a", "b"] },
      },
      { name: "kind", in: "query", required: true, schema: { type: "string", enum: ["x", "y"] } },
      { name: "free", in: "query", schema: { type: "string" } },
      { name: "since", in: "query", required: true, schema: { type: "string", format: "date" } },
      { name: "filter", in: "query", content: { "application/json": { example: { a: 1 } } } },
    ];
    const slice = three({ parameters });
    const example = (name: string) => slice.parameters.find((p) => p.name === name)?.example;
    expect(["zipcode", "named", "list", "kind", "free", "filter"].map(example)).toEqual([
      "90210",
      "first",
      "a,b",
      "x",
      "",
      '{"a":1}',
    ]);
    expect(example("since")).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(slice.parameters.find((p) => p.name === "list")).toMatchObject({
      type: "array of string",
      enum: ["a", "b"],
    });
  });

  it("are read in 2.0, where a parameter is its own schema", () => {
    const { parameters, body } = two({
      parameters: [{ name: "zipcode", in: "query", type: "string", required: true, "x-example": "90210" }],
    });
    expect(parameters).toEqual([
      { name: "zipcode", in: "query", required: true, description: "", type: "string", enum: [], example: "90210" },
    ]);
    expect(body).toBeNull();
  });
});

describe("the body of an operation", () => {
  it("has its content types and an example of the JSON one", () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string", example: "Rex" }, id: { type: "integer", readOnly: true } },
    };
    const { body } = three({
      requestBody: { required: true, content: { "text/xml": {}, "application/json": { schema } } },
    });
    expect(body).toMatchObject({ required: true, contentTypes: ["text/xml", "application/json"] });
    expect(JSON.parse(body?.example ?? "")).toEqual({ name: "Rex" });
  });

  it("is made of 2.0's body parameter, or of its form fields", () => {
    const definitions = { Pet: { type: "object", properties: { name: { type: "string", example: "Rex" } } } };
    const given = [{ in: "body", name: "pet", required: true, schema: { $ref: "#/definitions/Pet" } }];
    expect(two({ parameters: given }, { definitions }).body).toEqual({
      required: true,
      contentTypes: ["application/json"],
      example: '{\n  "name": "Rex"\n}',
    });
    const fields = [{ in: "formData", name: "a b", type: "string", "x-example": "1&2" }];
    expect(two({ parameters: fields }).body).toEqual({
      required: false,
      contentTypes: ["application/x-www-form-urlencoded"],
      example: "a+b=1%262",
    });
    const file = [{ in: "formData", name: "f", type: "file" }];
    expect(two({ parameters: file }).body?.contentTypes).toEqual(["multipart/form-data"]);
  });

  it("has no example where none can be made, and is bounded", () => {
    const broken = { $ref: "#/components/schemas/Nowhere" };
    expect(three({ requestBody: { content: { "application/json": { schema: broken } } } }).body?.example).toBe("");
    const long = { type: "array", example: Array.from({ length: 10_000 }, () => "long") };
    expect(three({ requestBody: { content: { "application/json": { schema: long } } } }).body?.example).toBe("");
  });
});

describe("responses and keys", () => {
  it("lists responses by status, references resolved", () => {
    const components = { responses: { Gone: { description: "It is gone" } } };
    const responses = { 200: { description: "ok" }, 410: { $ref: "#/components/responses/Gone" }, "x-note": 1 };
    expect(three({ responses }, {}, components).responses).toEqual([
      { status: "200", description: "ok" },
      { status: "410", description: "It is gone" },
    ]);
  });

  it("keys are the operationId where it is unique, else method and path", () => {
    const document = {
      paths: {
        "/a": { get: { operationId: "one" }, put: { operationId: "two" } },
        "/b": { get: { operationId: "two" }, put: {} },
        "/c": { get: { operationId: "PUT /b" } },
        "x-d": { get: {} },
      },
    };
    expect(keyedOperations(document).map((o) => o.key)).toEqual(["one", "PUT /a", "GET /b", "PUT /b", "PUT /b 2"]);
  });
});
