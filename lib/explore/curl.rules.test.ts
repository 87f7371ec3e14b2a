import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { OperationSlice, SliceParameter } from "#lib/api-definition/compiled.ts";
import { buildCurl } from "./curl.rules.ts";
import type { CallValues } from "./explore.schema.ts";
import { buildRequest, type CredentialNeed, initialValues, type RequestShape } from "./request.rules.ts";

const origin = "http://gw.example:8080";
const none: CredentialNeed = { need: "none", clientId: null, clientSecret: null, token: false, authorization: false };
const inHeader: CredentialNeed = {
  need: "required",
  clientId: { in: "header", name: "X-IBM-Client-Id" },
  clientSecret: { in: "header", name: "X-IBM-Client-Secret" },
  token: true,
  authorization: false,
};
const parameter = (place: "path" | "query" | "header", name: string): SliceParameter => ({
  name,
  in: place,
  required: true,
  description: "",
  type: "string",
  enum: [],
  example: "",
});
const slice = (...parameters: OperationSlice["parameters"]): OperationSlice => ({
  parameters,
  body: { required: false, contentTypes: ["application/json"], example: "" },
  responses: [],
});
const shape = (method: string, pathTemplate: string, s: OperationSlice): RequestShape => ({
  method,
  basePath: "/acme/sandbox/weather",
  pathTemplate,
  slice: s,
});
const values = (over: Partial<CallValues>): CallValues => ({
  ...initialValues(slice()),
  body: null,
  contentType: null,
  ...over,
});

/** Runs the command in a real bash in which `curl` prints its arguments, each ended by NUL. */
function argumentsIn(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const environment = {
    ...process.env,
    CLIENT_ID: "the-id",
    CLIENT_SECRET: "the-secret",
    ACCESS_TOKEN: "the-token",
    AUTHORIZATION: "Basic dTpw",
  };
  const out = execFileSync("bash", ["--norc", "-c", script], { env: environment, encoding: "utf8" });
  return out.split("\0").slice(0, -1);
}

const hostile = [
  `it's`,
  `$(touch /pwned)`,
  "`id`",
  `a"b`,
  `back\\slash`,
  `$CLIENT_SECRET`,
  `!history`,
  `two\nlines`,
  `tab\there`,
  `üñí – 漢字 🌦`,
  `; rm -rf ~ #`,
  `{a,b}[1-9]`,
  `&x=1`,
  `%2e%2e`,
  `''"''`,
  `@/etc/passwd`,
];

test.each(hostile)("a body of %j arrives as typed", (text) => {
  const request = buildRequest(shape("POST", "/notes", slice()), values({ body: text, contentType: "text/plain" }));
  const got = argumentsIn(buildCurl(request, { origin, need: none }));
  expect(got).toEqual([`${origin}/acme/sandbox/weather/notes`, "-H", "Content-Type: text/plain", "--data-raw", text]);
});

test.each(hostile)("a query and a path value of %j decode to what was typed", (text) => {
  const s = slice(parameter("path", "city"), parameter("query", "q"));
  const request = buildRequest(shape("GET", "/at/{city}/now", s), values({ path: { city: text }, query: { q: text } }));
  const [url = ""] = argumentsIn(buildCurl(request, { origin, need: none })).slice(-1);
  const parsed = new URL(url);
  expect(parsed.searchParams.get("q")).toBe(text);
  expect(decodeURIComponent(parsed.pathname.split("/")[5] ?? "")).toBe(text);
});

test.each(hostile.filter((t) => !t.includes("\n")))("a header value of %j arrives as typed", (text) => {
  const request = buildRequest(
    shape("GET", "/notes", slice(parameter("header", "X-Note"))),
    values({ header: { "X-Note": text } }),
  );
  expect(argumentsIn(buildCurl(request, { origin, need: none })).at(-1)).toBe(`X-Note: ${text}`);
});

test("what a publisher wrote into a path or a name does not run and does not expand", () => {
  const s = slice(parameter("query", "$(id)"), parameter("header", "X-`id`"));
  const typed = values({ query: { "$(id)": "1" }, header: { "X-`id`": "2" } });
  const request = buildRequest(shape("GET", "/a$(id)'b", s), typed);
  const got = argumentsIn(buildCurl(request, { origin, need: none }));
  expect(got).toEqual([`${origin}/acme/sandbox/weather/a$(id)'b?%24%28id%29=1`, "-H", "X-`id`: 2"]);
});

test("only the two placeholders are expanded, in headers and in the query (S24)", () => {
  const request = buildRequest(
    shape("GET", "/current", slice(parameter("query", "zip"))),
    values({ query: { zip: "90210" } }),
  );
  const command = buildCurl(request, { origin, need: inHeader });
  expect(command).toContain(`-H "X-IBM-Client-Id: $CLIENT_ID"`);
  expect(argumentsIn(command).slice(1)).toEqual([
    "-H",
    "X-IBM-Client-Id: the-id",
    "-H",
    "X-IBM-Client-Secret: the-secret",
  ]);
  const inQuery = {
    ...inHeader,
    clientId: { in: "query", name: "client_id" },
    clientSecret: { in: "query", name: "s$x" },
  } as const;
  expect(argumentsIn(buildCurl(request, { origin, need: inQuery }))).toEqual([
    `${origin}/acme/sandbox/weather/current?zip=90210&client_id=the-id&s%24x=the-secret`,
  ]);
  expect(argumentsIn(buildCurl(request, { origin, need: inHeader, clientId: "7c1e" }))).toContain(
    "X-IBM-Client-Id: 7c1e",
  );
});

test("the method is said only where curl would choose another", () => {
  const of = (method: string, body: string | null) =>
    argumentsIn(buildCurl(buildRequest(shape(method, "/x", slice()), values({ body })), { origin, need: none })).slice(
      0,
      2,
    );
  expect(of("GET", null)[0]).toContain("http");
  expect(of("POST", "{}")[0]).toContain("http");
  expect(of("POST", null)).toEqual(["-X", "POST"]);
  expect(of("DELETE", null)).toEqual(["-X", "DELETE"]);
  expect(of("HEAD", null)[0]).toBe("-I");
});

test("what an API's own scheme is sent stands beside ID and secret, as a placeholder", () => {
  const request = buildRequest(shape("GET", "/current", slice()), values({}));
  const args = argumentsIn(buildCurl(request, { origin, need: none, authorization: true }));
  expect(args.slice(1)).toEqual(["-H", "Authorization: Basic dTpw"]);
  expect(argumentsIn(buildCurl(request, { origin, need: inHeader, authorization: true }))).toContain(
    "X-IBM-Client-Secret: the-secret",
  );
});

test("an access token stands in place of ID and secret, as a placeholder", () => {
  const request = buildRequest(shape("GET", "/current", slice()), values({}));
  const args = argumentsIn(buildCurl(request, { origin, need: inHeader, token: true }));
  expect(args).toEqual([`${origin}/acme/sandbox/weather/current`, "-H", "Authorization: Bearer the-token"]);
});
