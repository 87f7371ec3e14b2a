import { expect, test } from "vitest";
import { errorsOf } from "./test-policy.ts";

const set = (target: string, value: string, type = "string") =>
  `set-variable: { actions: [{ set: ${target}, value: ${value}, type: ${type} }] }`;
const map = (target: string, action: string, more = "") =>
  `map: { outputs: { b: { variable: ${target}${more} } }, actions: [${action}] }`;
/** Values of properties: one for all, one for each catalog. */
const properties =
  "  properties: { word: { value: abc }, code: { value: '404' }, host: { value: 'http://127.0.0.1:4010' } }\n";

test.each([
  ["99", "number"],
  ["101", "number"],
  ["200.5", "number"],
  ["600", "string"],
  ["abc", "string"],
  ["' '", "any"],
  ["'4040'", "string"],
  ["null", "any"],
  ["true", "boolean"],
  ["true", "any"],
  ["'404 Not Found'", "number"],
  ["$(word)", "string"],
  ["$(api.name)", "string"],
  ["'1$(request.headers.X)'", "string"],
  ["'status $(request.headers.X)'", "string"],
  ["'$(request.headers.X)'", "boolean"],
])("a status that no answer has is refused at its line: %s as %s (F16)", async (value, type) => {
  for (const action of ["set", "add"]) {
    const policy = set("message.status.code", value, type).replace("set:", `${action}:`);
    const { errors, at } = await errorsOf(policy, { properties });
    expect(errors.map(({ pointer }) => pointer)).toEqual([expect.stringMatching(/\/actions\/0\/value$/)]);
    expect(at).toContain(policy);
  }
});

test.each([
  [set("a", "abc", "number")],
  [set("a", "''", "number")],
  [set("a.b", "'1,5'", "number")],
  [set("message.body", "1e999", "number")],
  [set("a", "null", "number")],
  [set("a", "$(api.name)", "number")],
  [set("a", "'no $(request.headers.X)'", "number")],
  [set("a", "maybe", "boolean")],
  [set("a", "1", "boolean")],
  [set("a", "'is $(request.headers.X)'", "boolean")],
  [set("message.headers.X", "abc", "number")],
  [set("message.headers.X", '"a\\nb"')],
  [set("message.headers.X", '"a\\r\\n"')],
  [set("message.headers.X", '"\\0"', "any")],
  [set("message.headers.X", '"a\\x7f$(request.verb)"')],
  [set("message.headers.X", '"a\\nb"').replace("set:", "add:")],
  [set("'message.headers.a b'", "a")],
  [set("message.headers.Ä", "a")],
  ['set-variable: { actions: [{ clear: "message.headers.a:b" }] }'],
  [set("message.status.reason", '"a\\nb"')],
  [set("message.status.reason", "Straße")],
  [set("message.status.reason", "a".repeat(201))],
  [map("message.status.code", "{ set: b, value: 999 }")],
  [map("message.status.code", "{ set: b, value: \"'a' + 'b'\" }")],
  [map("message.status.code", "{ set: b, value: \"'1' + $(request.headers.X)\" }")],
  [map("message.status.code", "{ set: b, default: 1 }")],
  [map("message.status.code", "{ set: b, from: $(request.headers.X), default: { a: 1 } }")],
  [map("message.status.code", "{ set: b, value: '' }")],
  [map("message.status.code", "{ set: b.c, value: 200 }")],
  [map("message.headers.X", '{ set: b, value: "a\\nb" }')],
  [map("message.headers.X", '{ set: b, value: $(request.verb), default: "a\\nb" }')],
  [map("message.status.reason", "{ set: b, value: ü }")],
  [map("message.body", "{ set: b.c, value: 1 }", ', content: "a\\nb"')],
  ["throw: { name: a, error-status-code: 399 }"],
  ["throw: { name: a, error-status-code: abc }"],
  ["ratelimit: { rate-limit: [{ name: nope }] }"],
  ["ratelimit: { source: plan-named, rate-limit: [100-per-fortnight] }"],
  ["ratelimit: { rate-limit: [100-per-60-minutes] }"],
  ["ratelimit: { burst-limit: [soft-burst-1-per-second] }"],
  ["ratelimit: { rate-limit: [100/0hour] }"],
  ["redact: { redactions: [{ path: message.body }] }"],
  ["redact: { redactions: [{ path: 'message.headers.a b' }] }"],
  ["invoke: { timeout: 0.5 }"],
  ["invoke: { header-control: { type: allowlist, values: ['('] } }"],
])("a constant that fails with each call is refused at its line: %s (F16)", async (policy) => {
  const { errors, at } = await errorsOf(policy, { properties });
  expect(errors).toHaveLength(1);
  expect(at).toContain(policy);
});

test.each([
  ["http://a..b/x"],
  ["http://.a/x"],
  ["http://../x"],
  [`http://${"a".repeat(64)}.example/x`],
  [`http://${"a.".repeat(127)}example/x`],
  ["http://a!b/x"],
  ["http://127.0.0.1:0/x"],
  ["http://host:00/x"],
  ["http://host:65536/x"],
  ["http://host:0$(request.path)"],
  ["http://256.0.0.1/x"],
  ["http://224.0.0.1/x"],
  ["http://255.255.255.255/x"],
  ["http://[ff02::1]/x"],
  ["http://[::g]/x"],
  ["http://$(target-url)/x"],
  ["http://$(host)/x"],
  ["$(target-url)$(api.name)"],
  ["$(target-url)v1"],
  ["$(target-url).example.com/x"],
  ["$(target-url)@example.com/x"],
  ["$(target-url)$(api.catalog.name)/x"],
  ["$(target-url)$(request.querystring)"],
  ["$(target-url)$(request.parameters.x)"],
  ["$(target-url)$(request.headers.X)"],
  ["$(host)$(api.name)"],
])("a target-url that leads nowhere is refused at its line: %s (F16)", async (url) => {
  const { errors, at } = await errorsOf(`invoke: { target-url: "${url}" }`, { properties });
  expect(errors).toHaveLength(1);
  expect(at).toContain(url);
});

test.each([
  [set("message.status.code", "404", "number")],
  [set("message.status.code", "'404 Not Found'")],
  [set("message.status.code", "$(code)")],
  [set("message.status.code", "'4$(request.headers.X)'")],
  [set("message.status.code", "'404 $(request.headers.X)'")],
  [set("message.status.code", "$(request.headers.X)", "number")],
  [set("a", "'-1.5e3'", "number")],
  [set("a", "'0x1f'", "number")],
  [set("a", "'1$(request.headers.X)'", "number")],
  [set("a", "true", "number")],
  [set("a", "' True '", "boolean")],
  [set("a", "'t$(request.headers.X)'", "boolean")],
  [set("message.headers.X", '"a\\tb €"')],
  [set("message.headers.X", "abc", "number").replace("set:", "add:")],
  [set("message.headers.X", "1", "number")],
  [set("message.body", '"a\\nb"')],
  [set("message.status.reason", "Gone $(request.verb)")],
  [map("message.status.code", "{ set: b, value: 201 }")],
  [map("message.status.code", "{ set: b, value: \"''\", default: 201 }")],
  [map("message.headers.X", "{ set: b.c, value: 1 }")],
  [map("message.body", '{ set: b, value: "a\\nb" }')],
  ["ratelimit: { rate-limit: [100-per-hour, soft-5-per-15-minutes, quota-9-per-month] }"],
  ["ratelimit: { burst-limit: [{ name: burst-10-per-second }, 1/hour] }"],
  ["redact: { redactions: [{ root: message.body, path: '//*[@name=\"a\"]' }] }"],
  ['invoke: { target-url: "http://host:65535/x" }'],
  ['invoke: { target-url: "http://a_b.c-d.example./x" }'],
  ['invoke: { target-url: "http://[fe80::1]:80/x" }'],
  ['invoke: { target-url: "http://bücher.example/straße?q=ü" }'],
  ['invoke: { target-url: "$(target-url):8080/x" }'],
  ['invoke: { target-url: "$(target-url)?a=b" }'],
  ['invoke: { target-url: "$(target-url)$(api.root)/$(request.parameters.x)" }'],
  ['invoke: { target-url: "$(host)/$(api.name)" }'],
])("a constant that a policy can use is taken: %s (F16)", async (policy) => {
  expect((await errorsOf(policy, { properties })).errors).toEqual([]);
});

test("a property that fits in one catalog is taken, one that fits in none is refused (F16)", async () => {
  const both = (own: string, sandbox: string) =>
    `  properties: { code: { value: ${own} } }\n  catalogs: { sandbox: { properties: { code: ${sandbox} } } }\n`;
  const policy = set("message.status.code", "$(code)");
  expect((await errorsOf(policy, { properties: both("''", "404") })).errors).toEqual([]);
  expect((await errorsOf(policy, { properties: both("99", "abc") })).errors).toHaveLength(1);
});
