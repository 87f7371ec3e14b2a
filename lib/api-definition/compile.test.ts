import { describe, expect, it } from "vitest";
import { examine } from "./examine.ts";
import { both, id, key, type Parts, secret, text } from "./test-definition.ts";

const findingsOf = async (format: "2.0" | "3.0" | "3.1", parts: Parts) => (await examine(text(format, parts))).findings;

describe("foreign apiKey schemes (docs/decisions/010)", () => {
  const compiledOf = async (parts: Parts) => (await examine(text("3.0", parts))).compiled;

  it("two keys of a backend side by side are warnings, and the first becomes the client ID", async () => {
    const parts = {
      schemes: { api: key("DD-API-KEY"), app: key("DD-APPLICATION-KEY") },
      security: [{ api: [], app: [] }],
    };
    const found = await findingsOf("3.0", parts);
    expect(found.filter((f) => f.severity === "error")).toEqual([]);
    expect(found.map((f) => f.code)).toContain("S86");
    const compiled = await compiledOf(parts);
    expect(compiled.operations[0]?.security).toEqual([["api"]]);
    expect(compiled.schemes).toEqual({ api: { key: "client_id", in: "header", name: "DD-API-KEY" } });
  });

  it("a lone key whose name says secret is read as the client ID: what was protected stays protected", async () => {
    const parts = { schemes: { token: key("X-Webhook-Secret") }, security: [{ token: [] }] };
    expect((await findingsOf("3.0", parts)).filter((f) => f.severity === "error")).toEqual([]);
    expect((await compiledOf(parts)).schemes).toEqual({
      token: { key: "client_id", in: "header", name: "X-Webhook-Secret" },
    });
  });

  it("the same texts are errors once somebody means our credentials", async () => {
    const schemes = { api: key("DD-API-KEY", { "x-key-type": "client_id" }), app: key("DD-APPLICATION-KEY") };
    const found = await findingsOf("3.0", { schemes, security: [{ api: [], app: [] }] });
    expect(found.find((f) => f.code === "S86")?.severity).toBe("error");
  });

  it("a key in Authorization or a cookie is the backend's own and travels on", async () => {
    const parts = { schemes: { bot: key("Authorization") }, security: [{ bot: [] }] };
    const compiled = await compiledOf(parts);
    expect(compiled).toMatchObject({ forwardsAuthorization: true, schemes: {} });
    expect((await findingsOf("3.0", parts)).map((f) => f.code)).toEqual(["BACKEND_KEY", "OPEN"]);
  });
});

describe("X1 and X2: what the gateway gets", () => {
  const operation = async (parts: Parts) => (await examine(text("3.0", parts))).compiled.operations[0]?.security;

  it("schemes of one requirement are needed together, requirements are alternatives", async () => {
    expect(await operation({ schemes: { id, secret }, security: [{ id: [] }, { id: [], secret: [] }] })).toEqual([
      ["id"],
      ["id", "secret"],
    ]);
  });

  it("an operation's list replaces the API's whole, and an empty list opens it", async () => {
    expect(await operation({ schemes: { id, secret }, security: [{ id: [] }], own: both })).toEqual([["id", "secret"]]);
    expect(await operation({ schemes: { id }, security: [{ id: [] }], own: [] })).toEqual([]);
    expect(await operation({ schemes: { id }, security: [{ id: [] }], own: [{}] })).toEqual([[]]);
  });
});

it("of an operation's headers those are compiled that pass only where they are declared, its keys among them (F4)", async () => {
  const source = `openapi: 3.0.3
info: { title: Headers, version: 1.0.0 }
components:
  securitySchemes: { backend: { type: apiKey, in: header, name: X-Kong-Key } }
security: [{ backend: [] }]
paths:
  /a:
    parameters: [{ name: X-HTTP-Method-Override, in: header, schema: { type: string } }]
    post:
      parameters:
        - { name: X_Hasura-Role, in: header, schema: { type: string } }
        - { name: X-Mode, in: header, schema: { type: string } }
        - { name: x-scheme, in: query, schema: { type: string } }
      responses: { "200": { description: ok } }
  /b:
    get: { responses: { "200": { description: ok } } }
`;
  const { operations } = (await examine(source)).compiled;
  expect(operations.map(({ headers }) => headers)).toEqual([
    ["x-kong-key", "x-http-method-override", "x_hasura-role"],
    ["x-kong-key"],
  ]);
});
