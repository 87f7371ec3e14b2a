import { describe, expect, test } from "vitest";
import { examine } from "#lib/api-definition/examine.ts";

const head = `openapi: 3.0.0
info:
  title: Weather
  version: 1.2.0
servers:
  - url: /weather
paths:
  /pets/{petId}:
    get:
      operationId: getPet
      responses:
        "200":
          description: a pet
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/Pet"
    put:
      operationId: putPet
      requestBody:
        content:
          application/json:
            schema:
              $ref: "#/components/schemas/Pet"
      responses:
        "204":
          description: done
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: { type: string, nullable: true }
        parent: { $ref: "#/components/schemas/Pet" }
`;

/** A definition whose assembly is the YAML text, indented below \`assembly:\`. */
const withAssembly = (assembly: string, rest = "") =>
  `${head}x-ibm-configuration:\n${rest}  assembly:\n${assembly.replace(/^(?=.)/gm, "    ")}\n`;

async function findings(assembly: string, rest?: string) {
  const analysis = await examine(withAssembly(assembly, rest));
  return analysis.findings.filter((finding) => finding.severity === "error");
}

const compiledOf = async (assembly: string, rest?: string) => {
  const analysis = await examine(withAssembly(assembly, rest));
  expect(analysis.findings.filter((finding) => finding.severity === "error")).toEqual([]);
  return analysis.compiled.assembly;
};

/** One policy in execute, as YAML below its type. */
const policy = (kind: string, body: string) => `execute:\n  - ${kind}:\n${body.replace(/^(?=.)/gm, "      ")}`;

describe("the sample of S95 to S101", () => {
  test("compiles to two copies before the call of the backend", async () => {
    const plan = await compiledOf(`execute:
  - set-variable:
      version: 2.0.0
      title: set-variable
      actions:
        - set: message.headers.X-IBM-Client-Id
          value: $(request.headers.X-IBM-Client-Id)
          type: string
        - set: message.headers.X-IBM-Client-Secret
          value: $(request.headers.X-IBM-Client-Secret)
          type: string
  - invoke:
      version: 2.0.0
      title: invoke
      target-url: $(target-url)
      verb: keep
      timeout: 60`);
    expect(plan?.execute).toMatchObject([
      {
        kind: "set-variable",
        body: false,
        actions: [
          {
            do: "set",
            target: { scope: "message", path: ["headers", "X-IBM-Client-Id"] },
            value: { template: [{ scope: "request", path: ["headers", "X-IBM-Client-Id"] }] },
          },
          { target: { path: ["headers", "X-IBM-Client-Secret"] } },
        ],
      },
      { kind: "invoke", url: null, verb: null, tail: true },
    ]);
  });

  test("one plain invoke is no assembly at all, and costs nothing", async () => {
    const plain = policy(
      "invoke",
      "version: 2.0.0\ntitle: invoke\ntarget-url: $(target-url)\ntimeout: 60\nbackend-type: detect\nstop-on-error: []\nparameter-control: { type: blocklist, values: [] }",
    );
    expect(await compiledOf(plain)).toBeUndefined();
    expect(await compiledOf(policy("invoke", "verb: POST"))).toBeDefined();
    expect(await compiledOf("execute: []")).toBeDefined();
  });
});

describe("what is not understood is refused at publish with its place", () => {
  test.each([
    ["an unknown policy", "execute:\n  - teleport: {}", "POLICY_UNKNOWN", "/execute/0/teleport", 39],
    [
      "GatewayScript (T36)",
      "execute:\n  - gatewayscript:\n      source: x",
      "POLICY_UNSUPPORTED",
      "/execute/0/gatewayscript",
      39,
    ],
    ["XSLT", "execute:\n  - xslt: { source: x }", "POLICY_UNSUPPORTED", "/execute/0/xslt", 39],
    ["a list that is none", "execute: now", "ASSEMBLY_SHAPE", "/execute", 38],
    ["two policies in one", "execute:\n  - { log: {}, throw: { name: x } }", "ASSEMBLY_SHAPE", "/execute/0", 39],
    ["a part that no assembly has", "execute: []\nexecut: []", "ASSEMBLY_SHAPE", "/execut", 39],
    ["a broken catch", "execute: []\ncatch:\n  - errors: X", "ASSEMBLY_SHAPE", "/catch/0", 40],
  ])("%s", async (_what, text, code, pointer, line) => {
    const [finding] = await findings(text);
    expect(finding).toMatchObject({ code, pointer: `/x-ibm-configuration/assembly${pointer}`, line });
    expect(finding?.column).toBeGreaterThan(0);
    expect(finding?.message.length).toBeGreaterThan(20);
  });

  test.each([
    ["a version of another gateway", "log", "version: 3.0.0", "/version"],
    ["a property that would change the meaning", "log", "colour: red", "/colour"],
    ["no action", "set-variable", "actions: []", "/actions"],
    ["an action that does two things", "set-variable", "actions:\n  - { set: a, clear: b, value: 1 }", "/actions/0"],
    ["an unknown type", "set-variable", "actions:\n  - { set: a, value: 1, type: date }", "/actions/0/type"],
    ["a TLS profile that does not exist", "invoke", "tls-profile: mine", "/tls-profile"],
    ["redirects", "invoke", "follow-redirects: true", "/follow-redirects"],
    ["an endless wait", "invoke", "timeout: 4000", "/timeout"],
    ["an address without a scheme", "invoke", "target-url: backend.example.com", "/target-url"],
    ["a password in an address", "invoke", "target-url: https://a:b@backend.example.com", "/target-url"],
    [
      "a pattern that backtracks (T18)",
      "invoke",
      "header-control:\n  type: allowlist\n  values: ['(?=a)b']",
      "/header-control/values/0",
    ],
    [
      "an operation that the API lacks",
      "operation-switch",
      "case:\n  - operations: [getDog]\n    execute: []",
      "/case/0/operations/0",
    ],
    ["a definition that the API lacks", "validate", "definition: '#/components/schemas/Dog'", "/definition"],
    [
      "XML in a map",
      "map",
      "inputs:\n  input: { variable: request.body, content: application/xml }",
      "/inputs/input/content",
    ],
    [
      "JavaScript in a map",
      "map",
      "inputs:\n  a: { variable: request.body }\noutputs:\n  b: { variable: message.body }\nactions:\n  - { set: b.x, value: '$(a.x).toUpperCase()' }",
      "/actions/0",
    ],
    ["an unknown limit", "ratelimit", "source: catalog-named\nrate-limit: [x]", "/source"],
    ["no limit at all", "ratelimit", "title: x", ""],
    ["a status that is no error", "throw", "name: X\nerror-status-code: 200", "/error-status-code"],
    ["a path of no redaction", "redact", "actions:\n  - { action: redact, path: '//a/b[1]' }", "/actions/0/path"],
  ])("%s", async (_what, kind, body, pointer) => {
    const [finding] = await findings(policy(kind, body));
    expect(finding?.pointer).toBe(`/x-ibm-configuration/assembly/execute/0/${kind}${pointer}`);
    expect(["POLICY_INVALID", "VARIABLE_INVALID"]).toContain(finding?.code);
  });

  test.each([
    "__proto__",
    "a.__proto__.b",
    "message.body.constructor.prototype",
    "constructor",
    "a.prototype",
    "message.headers.a b",
    "request.body",
    "api.name",
    "message.headers.Transfer-Encoding",
    "message.headers.content-length",
    "message.headers.X-Request-Id",
    "message.colour",
    "",
  ])("the target %j (T17)", async (target) => {
    const [finding] = await findings(
      policy("set-variable", `actions:\n  - set: ${JSON.stringify(target)}\n    value: "1"`),
    );
    expect(finding).toMatchObject({ code: "VARIABLE_INVALID", line: 41 });
    expect(({} as { b?: unknown }).b).toBeUndefined();
  });

  test.each([
    ["$(nothing.set)", "VARIABLE_UNSET"],
    ["$(request.colour)", "VARIABLE_INVALID"],
    ["$(api.properties.missing)", "VARIABLE_INVALID"],
    ["$(open", "VARIABLE_INVALID"],
    ["$()", "VARIABLE_INVALID"],
    ["$(a.__proto__)", "VARIABLE_INVALID"],
  ])("the value %s", async (value, code) => {
    const [finding] = await findings(
      policy("set-variable", `actions:\n  - set: x\n    value: ${JSON.stringify(value)}`),
    );
    expect(finding).toMatchObject({
      code,
      pointer: "/x-ibm-configuration/assembly/execute/0/set-variable/actions/0/value",
    });
  });

  test.each([
    "",
    "request.verb =",
    "request.verb = 'GET' nonsense",
    "process.exit()",
    "(a",
    "eval('1')",
    "request.colour = 1",
  ])("the condition %j", async (condition) => {
    const [finding] = await findings(
      policy("switch", `case:\n  - condition: ${JSON.stringify(condition)}\n    execute: []`),
    );
    expect(finding?.pointer).toBe("/x-ibm-configuration/assembly/execute/0/switch/case/0/condition");
  });

  test("policies nested without end are refused, not followed", async () => {
    let nested = "[]";
    for (let depth = 0; depth < 60; depth += 1) nested = `[{ switch: { case: [{ otherwise: ${nested} }] } }]`;
    expect((await findings(`execute: ${nested}`))[0]?.message).toContain("nested");
  });
});

describe("what a plan holds", () => {
  test("properties with the values of catalogs, and api.properties in front or not", async () => {
    const rest = `  properties:
    target-url: { value: "https://one.example.com" }
    region: { value: eu }
  catalogs:
    Sandbox:
      properties: { region: test }
`;
    const plan = await compiledOf(
      policy("set-variable", "actions:\n  - { set: message.headers.R, value: $(region)$(api.properties.region) }"),
      rest,
    );
    expect(plan).toMatchObject({
      properties: { region: "eu", "target-url": "https://one.example.com" },
      catalogProperties: { sandbox: { region: "test" } },
      execute: [
        { actions: [{ value: { template: [{ scope: "property" }, { scope: "property", path: ["region"] }] } }] },
      ],
    });
  });

  test("the operations of a switch by their keys, and answers that may stream", async () => {
    const plan = await compiledOf(`execute:
  - operation-switch:
      case:
        - operations: [getPet]
          execute:
            - invoke: { target-url: "https://a.example.com" }
        - operations: [{ verb: put, path: "/pets/{petId}" }]
          execute:
            - invoke: { target-url: "https://b.example.com", output: answer }
        - otherwise:
            - throw: { name: Odd }`);
    expect(plan?.execute).toMatchObject([
      {
        cases: [
          { operations: ["getPet"], execute: [{ tail: true }] },
          { operations: ["putPet"], execute: [{ tail: false, output: "answer" }] },
        ],
        otherwise: [{ kind: "throw" }],
      },
    ]);
  });

  test("nothing streams past a catch that could answer instead", async () => {
    const plan = await compiledOf("execute:\n  - invoke: {}\ncatch:\n  - default: []");
    expect(plan?.execute).toMatchObject([{ tail: false }]);
  });

  test("schemas that stand alone, also those that refer to themselves", async () => {
    const plan = await compiledOf(policy("validate", "validate-against: body-param"));
    expect(plan?.execute).toMatchObject([
      { kind: "validate", body: true, schemas: { putPet: { $ref: "#/$defs/s0" } } },
    ]);
  });

  test("an API that another gateway enforces has none (S79)", async () => {
    expect(await compiledOf(policy("throw", "name: X"), "  enforced: false\n")).toBeUndefined();
  });
});
