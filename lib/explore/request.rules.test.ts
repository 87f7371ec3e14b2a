import { expect, test } from "vitest";
import type { CompiledApi, OperationSlice, SliceParameter } from "#lib/api-definition/compiled.ts";
import type { CallValues } from "./explore.schema.ts";
import {
  attach,
  buildRequest,
  type CredentialNeed,
  credentialNeed,
  fillable,
  initialValues,
  missingValues,
  requestTarget,
  sampleRequest,
  typedFor,
  ValueError,
  withPathNames,
} from "./request.rules.ts";

const parameter = (over: Partial<SliceParameter>): SliceParameter => ({
  ...{ name: "q", in: "query", required: false, description: "", type: "string", enum: [], example: "" },
  ...over,
});
const slice = (...parameters: SliceParameter[]): OperationSlice => ({ parameters, body: null, responses: [] });
const empty: CallValues = { path: {}, query: {}, header: {}, cookie: {}, body: null, contentType: null, accept: null };
const build = (pathTemplate: string, s: OperationSlice, over: Partial<CallValues>) =>
  buildRequest({ method: "GET", basePath: "/acme/sandbox/v1", pathTemplate, slice: s }, { ...empty, ...over });

test.each([".", "..", "%2e", "%2E%2e", ".%2e"])("a path value of %j cannot lead to another path", (value) => {
  const byValue = () => build("/pets/{id}/toys", slice(), { path: { id: value } });
  // "%" is encoded, so that only plain dots have to be refused.
  if (value.includes("%")) expect(byValue().path).toMatch(/^\/acme\/sandbox\/v1\/pets\/.*%25.*\/toys$/);
  else expect(byValue).toThrow(ValueError);
});

test("two values that make dots together are refused, and a slash stays inside its segment", () => {
  expect(() => build("/{a}{b}/x", slice(), { path: { a: ".", b: "." } })).toThrow(ValueError);
  expect(build("/{a}/x", slice(), { path: { a: "../../admin?x#y" } }).path).toBe(
    "/acme/sandbox/v1/..%2F..%2Fadmin%3Fx%23y/x",
  );
});

test("only declared values travel, empty optional ones stay out, empty required ones go as they are", () => {
  const s = slice(
    parameter({ name: "zip", required: true }),
    parameter({ name: "units" }),
    parameter({ name: "lang" }),
  );
  const request = build("/current", s, {
    query: { zip: "", units: "", lang: "en US", evil: "1" },
    header: { Host: "evil" },
  });
  expect(requestTarget(request)).toBe("/acme/sandbox/v1/current?zip=&lang=en%20US");
  expect(request.headers).toEqual([]);
});

test.each(["Host", "content-length", "Transfer-Encoding", "Connection", "Upgrade", "TE"])(
  "a definition that declares the header %s does not get it",
  (name) => {
    const s = slice(parameter({ name, in: "header" }));
    expect(build("/x", s, { header: { [name]: "1" } }).headers).toEqual([]);
    expect(
      fillable(s, { need: "none", clientId: null, clientSecret: null, token: false, authorization: false }),
    ).toEqual([]);
  },
);

test("a header value of two lines is refused, in a parameter and in a credential (T9)", () => {
  const s = slice(parameter({ name: "X-Note", in: "header" }));
  expect(() => build("/x", s, { header: { "X-Note": "a\r\nHost: b" } })).toThrow(ValueError);
  const request = build("/x", slice(), {});
  expect(() => attach(request, { in: "header", name: "X-Id" }, "a\nb", "clientId")).toThrow(ValueError);
});

test("the form starts with what a first call needs: required examples, else the first of the enum", () => {
  const s = slice(
    parameter({ name: "zip", required: true, example: "90210" }),
    parameter({ name: "units", required: true, enum: ["metric", "imperial"] }),
    parameter({ name: "lang", example: "en" }),
  );
  expect(initialValues(s).query).toEqual({ zip: "90210", units: "metric", lang: "" });
});

test("an empty required value is found, with whether the call can go without it; the credential's own places are not asked for", () => {
  const s = slice(
    parameter({ name: "zip", required: true }),
    parameter({ name: "units" }),
    parameter({ name: "id", in: "path", required: true }),
    parameter({ name: "X-Client", in: "header", required: true }),
  );
  const need = {
    need: "required",
    clientId: { in: "header", name: "x-client" },
    clientSecret: null,
    token: true,
    authorization: false,
  } as const;
  const missing = (over: Partial<CallValues>) => missingValues({ ...s, body }, need, { ...empty, ...over });
  const body = { required: true, contentTypes: ["application/json"], example: "" };
  expect(missing({})).toEqual([
    { field: "path.id", mayBeLeftOut: false },
    { field: "query.zip", mayBeLeftOut: true },
    { field: "body", mayBeLeftOut: true },
  ]);
  expect(missing({ path: { id: "1" }, query: { zip: "0" }, body: "{}" })).toEqual([]);
});

test("the credential stands where the first alternative's schemes say; an empty alternative makes it optional (S70, S90)", () => {
  const compiled: CompiledApi = {
    ...{ format: 1, basePath: "/v1", enforced: true, forwardsAuthorization: false },
    schemes: {
      id: { key: "client_id", in: "query", name: "client_id" },
      secret: { key: "client_secret", in: "query", name: "client_secret" },
    },
    operations: [
      { key: "open", method: "GET", path: "/open", security: [] },
      { key: "maybe", method: "GET", path: "/maybe", security: [[], ["id"]] },
      { key: "both", method: "GET", path: "/both", security: [["id", "secret"], ["id"]] },
    ],
  };
  const of = (key: string, over: Partial<CompiledApi> = {}) => credentialNeed({ ...compiled, ...over }, key);
  expect(of("open").need).toBe("none");
  expect(of("maybe")).toMatchObject({
    need: "optional",
    clientId: { in: "query", name: "client_id" },
    clientSecret: null,
  });
  expect(of("both")).toMatchObject({ need: "required", clientSecret: { name: "client_secret" } });
  // gateway.md 2.4 and 2.5: a token in their place, and a header of the API's own.
  expect([of("open").token, of("both").token, of("both").authorization]).toEqual([false, true, false]);
  const own = { ...compiled, acceptsTokens: false, forwardsAuthorization: true };
  expect(credentialNeed(own, "both")).toMatchObject({ token: false, authorization: true });
  expect(credentialNeed(own, "open")).toMatchObject({ need: "none", token: false, authorization: true });
  expect(of("both", { enforced: false }).need).toBe("none");
});

test.each(["constructor", "toString", "hasOwnProperty", "__proto__"])(
  "a parameter called %s is as empty as any, until it is typed (F61)",
  (name) => {
    const nothing: CredentialNeed = {
      ...{ need: "none", clientId: null, clientSecret: null, token: false, authorization: false },
    };
    for (const place of ["path", "query", "header", "cookie"] as const) {
      const one = slice(parameter({ name, in: place, required: true, example: "7" }));
      expect(missingValues(one, nothing, empty)).toMatchObject([{ field: `${place}.${name}` }]);
      expect(typedFor(initialValues(one), parameter({ name, in: place }))).toBe("7");
    }
    const optional = slice(parameter({ name }), parameter({ name, in: "header" }));
    expect(build("/x", optional, {})).toMatchObject({ query: [], headers: [] });
    expect(() => build(`/x/{${name}}`, slice(), {})).toThrow("cannot be empty");
    // A security requirement that names no scheme asks for none.
    const named: CompiledApi = {
      ...{ format: 1, basePath: "/v1", enforced: true, forwardsAuthorization: false, schemes: {} },
      operations: [{ key: "get", method: "GET", path: "/x", security: [[name]] }],
    };
    expect(credentialNeed(named, "get").clientId).toBeNull();
  },
);

const sampled = (pathTemplate: string, s = slice()) =>
  sampleRequest({ method: "GET", basePath: "/acme/sandbox/v1", pathTemplate, slice: s })?.path;
const inPath = (name: string, example = "") => parameter({ name, in: "path", required: true, example });

test.each([
  ["/things/{id}", [], "/things/id"],
  ["/a/{x}/b/{y}/{x}", [inPath("y", "7")], "/a/x/b/7/x"],
  ["/things/{..}", [], "/things/value"],
  ["/things/{__proto__}/{constructor}", [], "/things/__proto__/constructor"],
  ["/things/{id}", [inPath("id", ".")], "/things/id"],
  ["/things/{id}", [inPath("id", "..")], "/things/id"],
  ["/things/{id}", [inPath("id", "a/b?c#d")], "/things/a%2Fb%3Fc%23d"],
  ["/things/{id}", [inPath("id", "../..")], "/things/..%2F.."],
  ["/things/{a}.", [inPath("a", ".")], "/things/a."],
  ["/things/{id}", [inPath("id", "\ud83d")], "/things/%EF%BF%BD"],
  ["/things/\u{1F600}/{\u{1F600}}", [], "/things/%F0%9F%98%80/%F0%9F%98%80"],
  ["/things/100%/{id}", [], "/things/100%25/id"],
  ["/things/{}/{a{b}", [], "/things/%7B%7D/%7Bab"],
])("the ready command of %s with the parameters %j has a path that can be called (F76)", (template, declared, path) => {
  expect(sampled(template, slice(...declared))).toBe(`/acme/sandbox/v1${path}`);
});

test("samples that cannot travel are left out of the ready command, and a path that leads elsewhere has none (F76)", () => {
  const s = slice(
    parameter({ name: "X-Two", in: "header", required: true, example: "one\r\ntwo" }),
    parameter({ name: "not a name", in: "header", required: true, example: "1" }),
    parameter({ name: "no;name", in: "cookie", required: true, example: "1" }),
    parameter({ name: "X-One", in: "header", required: true, example: "1" }),
  );
  const request = sampleRequest({ method: "GET", basePath: "/b", pathTemplate: "/{id}", slice: s });
  expect(request).toMatchObject({ path: "/b/id", headers: [["X-One", "1"]] });
  expect(sampled("/a/../b")).toBeUndefined();
});

test("a name of the path that nobody declared has a field in the form, and is asked for (F76)", () => {
  const need = { need: "none", clientId: null, clientSecret: null, token: false, authorization: false } as const;
  const s = withPathNames(slice(inPath("a", "1")), "/{a}/{b}");
  expect(fillable(s, need).map(({ name }) => name)).toEqual(["b", "a"]);
  expect(missingValues(s, need, initialValues(s))).toEqual([{ field: "path.b", mayBeLeftOut: false }]);
  expect(withPathNames(s, "/{a}/{b}")).toBe(s);
});
