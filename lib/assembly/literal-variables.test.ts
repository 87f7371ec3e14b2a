import { expect, test } from "vitest";
import { examine } from "#lib/api-definition/examine.ts";
import { errorsOf, head } from "./test-policy.ts";

test.each([
  ['throw: { name: "$(request.verb)" }'],
  ['throw: { name: a, error-status-reason: "not $(request.verb)" }'],
  ['throw: { name: a, error-status-code: "$(request.verb)" }'],
  ['invoke: { verb: "$(request.verb)" }'],
  ['invoke: { timeout: "$(request.verb)" }'],
  ['invoke: { output: "$(request.verb)" }'],
  ["invoke: { stop-on-error: ['$(error.name)'] }"],
  ["invoke: { header-control: { type: allowlist, values: ['$(request.verb)'] } }"],
  ["invoke: { parameter-control: { type: blocklist, values: ['a$(request.verb)'] } }"],
  ['set-variable: { actions: [{ set: "message.headers.$(request.verb)", value: b }] }'],
  ['set-variable: { actions: [{ clear: "$(request.verb)" }] }'],
  ['set-variable: { actions: [{ set: a, value: "$(request.verb" }] }'],
  ['parse: { input: "$(request.body)" }'],
  ['parse: { output: "a$(request.verb)" }'],
  ['log: { log-level: "$(request.verb)" }'],
  ['ratelimit: { rate-limit: ["$(request.verb)"] }'],
  ['ratelimit: { rate-limit: [{ name: "$(plan.name)" }] }'],
  ['redact: { redactions: [{ path: "message.body.$(request.verb)" }] }'],
  ["redact: { redactions: [{ path: \"//*[@name='$(request.verb)']\" }] }"],
  ['redact: { redactions: [{ path: a, root: "$(request.verb)" }] }'],
  ['validate: { definition: "$(request.verb)" }'],
  ['switch: { case: [{ condition: "$(request.verb", execute: [] }] }'],
  ['operation-switch: { case: [{ operations: ["$(request.verb)"], execute: [] }] }'],
  ['map: { inputs: { a: { variable: "$(request.body)" } } }'],
  ['map: { inputs: { a: { variable: request.body, content: "$(request.content-type)" } } }'],
  ['map: { outputs: { b: { variable: message.body, content: "$(request.content-type)" } } }'],
  ['map: { outputs: { b: { variable: message.body } }, actions: [{ set: "b.$(request.verb)", value: 1 }] }'],
  ['map: { outputs: { b: { variable: message.body } }, actions: [{ set: b.c, default: "$(request.verb)" }] }'],
  ['map: { outputs: { b: { variable: message.body } }, actions: [{ set: b.c, value: "$(request.verb" }] }'],
  [`map: { outputs: { b: { variable: message.body } }, actions: [{ set: b.c, value: "'a $(request.verb)' + 'b'" }] }`],
])("a variable where none is expanded is refused at its line: %s (F16)", async (policy) => {
  const { errors, at } = await errorsOf(policy);
  expect(errors).not.toEqual([]);
  expect(at).toContain(policy);
  // Once, not once for each way to see it.
  expect(new Set(errors.map(({ pointer }) => pointer)).size).toBe(errors.length);
});

test("names of errors that a catch waits for hold no variables (F16)", async () => {
  const assembly = `x-ibm-configuration:\n  assembly:\n    execute: []\n    catch:\n      - errors: ["$(error.name)"]\n        execute: []\n`;
  const { findings } = await examine(head + assembly);
  expect(findings.filter(({ severity }) => severity === "error")).toMatchObject([
    { code: "VARIABLE_INVALID", pointer: "/x-ibm-configuration/assembly/catch/0/errors/0" },
  ]);
});

test.each([
  ['throw: { name: a, message: "not $(request.verb)" }'],
  ['set-variable: { title: "Keep $(request.verb)", actions: [{ set: a, value: "$(request.verb)" }] }'],
  ['invoke: { username: "$(client.app.id)", password: "$(request.headers.X)", cache-key: "$(request.path)" }'],
  [
    'switch: { case: [{ condition: "$(request.verb) = \'GET\'", execute: [{ throw: { name: a, message: "$(api.name)" } }] }] }',
  ],
  [
    "map: { outputs: { b: { variable: message.body } }, actions: [{ set: b.c, from: '$(request.verb)', value: \"'a' + $(request.verb)\" }] }",
  ],
  ["validate: { schema: { type: string, pattern: '^\\$(a|b)' } }"],
])("a variable where one is expanded is none of these: %s (F16)", async (policy) => {
  expect((await errorsOf(policy)).errors).toEqual([]);
});

test.each([
  ["http://host:port$(request.path)"],
  ["http://host:99999$(request.path)"],
  ["http://$(request.path)"],
  ["http://host$(request.querystring)"],
  ["$(request.path)"],
  ["$(request.verb)/a"],
  ["http:///a"],
  ["http://"],
  ["http://[::1/a"],
  ["http://a b/c"],
  ["http://host/a b"],
  ["http://host/a#b"],
  ["http://host/a/../b"],
  ["http://host/%2e%2e/$(request.parameters.x)"],
  ["http://host/a;b"],
  ["http://host/a%2fb"],
  ["http://host?a=/b"],
  ["http://user:password@host/"],
  ["http://us%65r@$(request.parameters.x)/"],
  ["http:/host/a"],
  ["https:host"],
  ["ftp://host/a"],
  ["host:8080/a"],
  ["http://ho%20st/a"],
  ["$(place)/a"],
  ["http://$(place):80/a"],
])("a target-url that can be no address is refused at its line: %s (F16)", async (url) => {
  const properties = "  properties: { place: { value: 'not a place' } }\n";
  const { errors, at } = await errorsOf(`invoke: { target-url: "${url}" }`, { properties });
  expect(errors).toHaveLength(1);
  expect(at).toContain(url);
});

test.each([
  ["http://host:80$(request.path)"],
  ["http://host:80$(request.path)$(request.search)"],
  ["http://host$(request.uri)"],
  ["http://host$(api.root)$(api.operation.path)"],
  ["http://host$(request.search)"],
  ["http://$(request.parameters.host)/a"],
  ["http://host:$(request.parameters.port)/a"],
  ["http://[$(request.parameters.address)]:80/a"],
  ["https://$(api.catalog.name).example.com$(request.path)"],
  ["$(target-url)$(api.operation.path)$(request.search)"],
  ["$(request.headers.X-To)"],
  ["$(place)/a"],
  ["https://$(name):8443/$(request.parameters.x)?a=$(request.querystring)"],
])("a target-url that can be an address is taken: %s (F16)", async (url) => {
  const properties =
    "  properties: { place: { value: '' }, name: { value: a.example.com } }\n" +
    "  catalogs: { sandbox: { properties: { place: 'https://b.example.com/v1' } } }\n";
  expect((await errorsOf(`invoke: { target-url: "${url}" }`, { properties })).errors).toEqual([]);
});

const SELF = '{ $ref: "#/components/schemas/Self" }';

test.each([
  ["Self", `Self: ${SELF}`],
  ["two", `Self: { $ref: "#/components/schemas/Other" }, Other: ${SELF}`],
  ["allOf", `Self: { allOf: [${SELF}] }`],
  [
    "anyOf of three",
    `Self: { anyOf: [{ type: string }, { not: { $ref: "#/components/schemas/B" } }] }, B: { oneOf: [${SELF}] }`,
  ],
  [
    "below a member",
    `Self: { type: object, properties: { a: { allOf: [{ $ref: "#/components/schemas/Self/properties/a" }] } } }`,
  ],
])("a schema that refers to itself without end is refused where it is checked, %s (F16)", async (_name, schemas) => {
  const more = `components: { schemas: { ${schemas} } }\n`;
  const own = await errorsOf('validate: { definition: "#/components/schemas/Self" }', { more });
  expect(own.errors).toMatchObject([{ code: "POLICY_INVALID", message: expect.stringContaining("without end") }]);
  expect(own.at).toContain("validate");
  const validated = head
    .replace("responses", `requestBody: { content: { application/json: { schema: ${SELF} } } }, responses`)
    .replace("paths:", `x-portico: { validate-request: true }\npaths:`);
  const { findings } = await examine(validated + more);
  expect(findings.filter(({ severity }) => severity === "error").map(({ code }) => code)).toContain("REF_LOOP");
});

test.each([
  ["a tree", `Self: { type: object, properties: { left: ${SELF}, right: ${SELF} } }`],
  ["a list of lists", `Self: { type: array, items: ${SELF} }`],
  [
    "a circle through a member",
    `Self: { allOf: [{ $ref: "#/components/schemas/B" }] }, B: { properties: { up: ${SELF} } }`,
  ],
  [
    "two ways to one",
    `Self: { allOf: [{ $ref: "#/components/schemas/B" }, { $ref: "#/components/schemas/B" }] }, B: { type: string }`,
  ],
])("a schema that refers to itself a step further down is taken: %s (F16)", async (_name, schemas) => {
  const more = `components: { schemas: { ${schemas} } }\n`;
  expect((await errorsOf('validate: { definition: "#/components/schemas/Self" }', { more })).errors).toEqual([]);
});

test.each([
  ["requestBodies", 'requestBody: { $ref: "#/components/requestBodies/Self" }, '],
  ["parameters", 'parameters: [{ $ref: "#/components/parameters/Self" }], '],
  ["responses", "", '{ $ref: "#/components/responses/Self" }'],
] as [string, string, string?][])(
  "a reference that leads to nothing but itself is refused at its line, in %s (F16)",
  async (kind, members, response) => {
    const text = head.replace("responses:", `${members}responses:`);
    const source = `${response ? text.replace("{ description: ok }", response) : text}components: { ${kind}: { Self: { $ref: "#/components/${kind}/Self" } } }\n`;
    const { findings } = await examine(source);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors).toMatchObject([{ code: "REF_LOOP" }]);
    expect(source.split("\n")[(errors[0]?.line ?? 0) - 1]).toContain("getPets");
  },
);
