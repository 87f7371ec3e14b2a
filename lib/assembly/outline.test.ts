import { expect, test } from "vitest";
import { locator } from "#lib/api-definition/locate.ts";
import { parseText } from "#lib/api-definition/parse-text.ts";
import type { OutlinePolicy } from "./outline.schema.ts";
import { outlineAssembly } from "./outline.ts";

function outline(assembly: string) {
  const source = `swagger: "2.0"
info: { title: A, version: "1" }
paths: {}
x-ibm-configuration:
  assembly:
${assembly.replace(/^/gm, "    ")}
`;
  const locate = locator(source);
  return outlineAssembly(parseText(source).document, (pointer) => locate(pointer).line);
}

/** "title (kind): fact @line", with what it holds below it. */
const lines = (policies: OutlinePolicy[], indent = ""): string[] =>
  policies.flatMap(({ title, kind, fact, line, branches }) => [
    `${indent}${title} (${kind}): ${fact} @${line}`,
    ...branches.flatMap(({ label, when, policies: held }) => [
      `${indent}  ${label} ${when}`.trimEnd(),
      ...lines(held, `${indent}    `),
    ]),
  ]);

test("nested policies stand below the condition under which they run, each with its line", () => {
  const { execute } = outline(`execute:
  - switch:
      title: Which
      case:
        - condition: request.verb = 'GET'
          execute:
            - operation-switch:
                case:
                  - operations: [getPet, { verb: put, path: /pets }]
                    execute:
                      - invoke: { title: Ask, verb: GET, target-url: "https://a.example/x", output: pet }
                otherwise:
                  - throw: { title: No, name: Unknown, error-status-code: 404 }
        - otherwise:
            - log: {}`);
  expect(lines(execute)).toEqual([
    "Which (switch):  @7",
    "  If request.verb = 'GET'",
    "    operation-switch (operation-switch):  @12",
    "      For getPet, PUT /pets",
    "        Ask (invoke): GET https://a.example/x into pet @16",
    "      Otherwise",
    "        No (throw): Unknown, 404 @18",
    "  Otherwise",
    "    log (log):  @20",
  ]);
});

test("catch and finally are told with the errors that lead there", () => {
  const { catches, finally: last } = outline(`execute: []
catch:
  - errors: [ConnectionError, OperationError]
    execute:
      - set-variable: { title: Sorry, actions: [{ set: message.body, value: x }, { clear: message.headers.X }] }
  - default: []
finally:
  - log: { log-level: header }`);
  expect(catches.map(({ label, when, policies }) => [`${label} ${when}`.trimEnd(), ...lines(policies)])).toEqual([
    ["On ConnectionError or OperationError", "Sorry (set-variable): message.body, clear message.headers.X @10"],
    ["On any other error"],
  ]);
  expect(lines(last)).toEqual(["log (log): header @13"]);
});

test.each([
  ["invoke: {}", "$(target-url)"],
  ["invoke: { verb: keep, target-url: $(target-url)/x }", "$(target-url)/x"],
  ["ratelimit: { rate-limit: [100/1hour, { name: gold }] }", "100/1hour, gold"],
  ["ratelimit: { source: plan-default }", "plan-default"],
  ["validate: { validate-against: body-param }", "body-param"],
  ["validate: { schema: {} }", "a schema of its own"],
  ["map: { outputs: { a: { variable: message.body } } }", "message.body"],
  ["parse: {}", "message"],
  ["redact: { redactions: [{ path: message.body.a }] }", "message.body.a"],
  ["set-variable: { actions: [{ set: a }, { set: b }, { add: c }, { set: d }] }", "a, b, add c and 1 more"],
  ["gatewayscript: { source: x }", ""],
  ["constructor: {}", ""],
])("%s: what there is to know is %j", (policy, fact) => {
  expect(outline(`execute:\n  - ${policy}`).execute.map((one) => one.fact)).toEqual([fact]);
});

test.each([
  "execute: invoke",
  "execute: [1, null, {}, { invoke: {}, log: {} }]",
  "execute: { invoke: {} }",
  "catch: x",
])("%s holds no policy and breaks nothing", (assembly) => {
  expect(outline(assembly)).toEqual({ execute: [], catches: [], finally: [] });
});

test("what was made to exhaust a reader ends at the bounds that publishing has", () => {
  const many = Array.from({ length: 600 }, () => "  - log: {}").join("\n");
  expect(outline(`execute:\n${many}`).execute).toHaveLength(500);
  const deep = "switch: { case: [{ condition: 'true', execute: [{ ".repeat(30);
  let [at] = outline(`execute: [{ ${deep}log: {}${" }] }] }".repeat(30)} }]`).execute;
  let depth = 0;
  for (; at; [at] = at.branches[0]?.policies ?? []) depth += 1;
  expect(depth).toBe(20);
});
