import type { CompiledApi, KeyType, OperationSlice, SliceParameter } from "#lib/api-definition/compiled.ts";
import type { CallValues } from "./explore.schema.ts";

/** One place in which a part of the credential travels. */
export interface Place {
  in: "header" | "query";
  name: string;
}

/** What an operation asks for, and where it has to stand (S90). */
export interface CredentialNeed {
  need: "none" | "optional" | "required";
  clientId: Place | null;
  clientSecret: Place | null;
  /** An access token of this installation may come in their place (gateway.md 2.4). */
  token: boolean;
  /** The API has an http or oauth2 scheme of its own: Authorization travels on to its backend (gateway.md 2.5). */
  authorization: boolean;
}

const NONE = { need: "none", clientId: null, clientSecret: null, token: false } as const;

/** Reads the first alternative of an operation's security that names a scheme; an empty alternative makes it optional. */
export function credentialNeed(compiled: CompiledApi, operationKey: string): CredentialNeed {
  const security = compiled.operations.find((o) => o.key === operationKey)?.security ?? [];
  const chosen = security.find((alternative) => alternative.length > 0);
  const authorization = compiled.forwardsAuthorization;
  if (!compiled.enforced || !chosen) return { ...NONE, authorization };
  const place = (key: KeyType): Place | null => {
    const schemes = chosen.map((name) => (Object.hasOwn(compiled.schemes, name) ? compiled.schemes[name] : undefined));
    const scheme = schemes.find((s) => s?.key === key);
    return scheme ? { in: scheme.in, name: scheme.name } : null;
  };
  const optional = security.some((alternative) => alternative.length === 0);
  return {
    need: optional ? "optional" : "required",
    clientId: place("client_id"),
    clientSecret: place("client_secret"),
    token: compiled.acceptsTokens !== false,
    authorization,
  };
}

/** A request as text: what curl prints, the address bar shows, and the relay sends. */
export interface BuiltRequest {
  method: string;
  /** Encoded, below the origin of the gateway: "/acme/sandbox/weather/current". */
  path: string;
  /** Encoded name and value each, joined by the reader with "&". */
  query: [string, string][];
  headers: [string, string][];
  body: string | null;
}

export interface RequestShape {
  method: string;
  /** "/acme/sandbox/weather" */
  basePath: string;
  /** "/pets/{petId}" */
  pathTemplate: string;
  slice: OperationSlice;
}

/** A value that cannot travel, by the field that holds it ("path.petId"). */
export class ValueError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** RFC 9110 token: what a header or cookie name may consist of. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** These end or split a header (T9). */
const SPLITS = /[\r\n\0]/;

/** Headers that belong to the connection or to the relay; a definition that declares one does not get it (T6, T7). */
const RESERVED = new Set([
  "accept",
  "connection",
  "content-length",
  "content-type",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Parameters that a person fills in. Reserved headers are not among them, nor are those of the credential's schemes. */
export function fillable(slice: OperationSlice, need: CredentialNeed): SliceParameter[] {
  const taken = [need.clientId, need.clientSecret].filter((place) => place !== null);
  return slice.parameters.filter(
    (p) =>
      !(p.in === "header" && RESERVED.has(p.name.toLowerCase())) &&
      !taken.some((t) => t.in === p.in && t.name.toLowerCase() === p.name.toLowerCase()),
  );
}

/** What is typed for a parameter; a definition may call one `constructor`, or whatever else objects have of themselves (T17). */
export const typedFor = (values: CallValues, p: Pick<SliceParameter, "in" | "name">): string =>
  (Object.hasOwn(values[p.in], p.name) ? values[p.in][p.name] : undefined) ?? "";

/** The values with another one for a parameter. */
export const withValue = (values: CallValues, p: Pick<SliceParameter, "in" | "name">, value: string): CallValues => ({
  ...values,
  [p.in]: { ...values[p.in], [p.name]: value },
});

/** A required value that is empty. */
export interface MissingValue {
  /** The field that holds it: "query.zipcode", "body". */
  field: string;
  /** False for a part of the path: without it there is no address to call. */
  mayBeLeftOut: boolean;
}

/** Required values that a person left empty, in the order of the form. */
export function missingValues(slice: OperationSlice, need: CredentialNeed, values: CallValues): MissingValue[] {
  const order: SliceParameter["in"][] = ["path", "query", "header", "cookie"];
  const empty = fillable(slice, need)
    .filter((p) => (p.required || p.in === "path") && typedFor(values, p) === "")
    .sort((one, other) => order.indexOf(one.in) - order.indexOf(other.in))
    .map((p) => ({ field: `${p.in}.${p.name}`, mayBeLeftOut: p.in !== "path" }));
  if (slice.body?.required && !values.body) empty.push({ field: "body", mayBeLeftOut: true });
  return empty;
}

/** encodeURIComponent, and the five more that RFC 3986 reserves; a path segment of dots is refused by `buildRequest`. */
const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** What of a template may stand in a path as it is; the rest is encoded. */
const literal = (text: string): string =>
  text.toWellFormed().replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]|%(?![0-9A-Fa-f]{2})/gu, (c) => encodeURIComponent(c));

const IN_BRACES = /(\{[^{}]+\})/;

/** The names in braces of a path template, each once: "/a/{x}/{y}" has x and y. A definition may declare none of them. */
const namesIn = (pathTemplate: string): string[] => [
  ...new Set(
    pathTemplate
      .split(IN_BRACES)
      .filter((_, at) => at % 2 === 1)
      .map((part) => part.slice(1, -1)),
  ),
];

/** A slice in which every name of the path template is a parameter: also one that the definition forgot to declare. */
export function withPathNames(slice: OperationSlice, pathTemplate: string): OperationSlice {
  const declared = new Set(slice.parameters.filter((p) => p.in === "path").map((p) => p.name));
  const forgotten = namesIn(pathTemplate).filter((name) => !declared.has(name));
  if (forgotten.length === 0) return slice;
  const parameters = forgotten.map(
    (name): SliceParameter => ({
      ...{ name, in: "path", required: true, description: "", type: "string", enum: [], example: "" },
    }),
  );
  return { ...slice, parameters: [...parameters, ...slice.parameters] };
}

/** A part of the path that nobody gave a value for, so that it reads as a path and leads to no other. */
const placeholder = (name: string): string => (/^\.{0,2}$/.test(name.trim()) ? "value" : name);

/**
 * The request with the definition's own samples. What a sample cannot say is left out or has its name in its place, since
 * nobody is there to correct it. Null where the path itself leads elsewhere ("/a/../b").
 */
export function sampleRequest(shape: RequestShape): BuiltRequest | null {
  const named = withPathNames(shape.slice, shape.pathTemplate);
  let values = initialValues(named);
  for (const p of named.parameters) {
    if (p.in === "path" && /^\.{0,2}$/.test(typedFor(values, p))) values = withValue(values, p, placeholder(p.name));
  }
  let { parameters } = named;
  let repeats = true;
  for (;;) {
    try {
      return buildRequest({ ...shape, slice: { ...named, parameters } }, values);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const { field } = error;
      const rest = parameters.filter((p) => p.in === "path" || `${p.in}.${p.name}` !== field);
      if (rest.length < parameters.length) parameters = rest;
      else if (field === "contentType") values = { ...values, contentType: null };
      else if (field === "path" && repeats) {
        // Samples that make dots only together.
        repeats = false;
        for (const p of named.parameters)
          if (p.in === "path") values = withValue(values, p, `${placeholder(p.name)}-value`);
      } else return null;
    }
  }
}

/**
 * Builds the request from what the definition declares and what a person typed. Values that the operation does not
 * declare do not travel. Empty optional values are left out. Throws ValueError.
 */
export function buildRequest(shape: RequestShape, values: CallValues): BuiltRequest {
  const { parameters } = shape.slice;
  const declared = (place: SliceParameter["in"]) => parameters.filter((p) => p.in === place);
  const given = (p: SliceParameter): string => typedFor(values, p);
  const path = literal(shape.basePath) + fillPath(shape.pathTemplate, values);
  const query = declared("query")
    .filter((p) => given(p) !== "" || p.required)
    .map((p): [string, string] => [encode(p.name), encode(given(p))]);
  const headers = declared("header")
    .filter((p) => !RESERVED.has(p.name.toLowerCase()) && given(p) !== "")
    .map((p): [string, string] => [checkName(p, "header"), checkValue(`header.${p.name}`, given(p))]);
  if (values.accept) headers.push(["Accept", checkValue("accept", values.accept)]);
  const cookies = declared("cookie").filter((p) => given(p) !== "");
  if (cookies.length > 0) {
    headers.push(["Cookie", cookies.map((p) => `${checkName(p, "cookie")}=${encode(given(p))}`).join("; ")]);
  }
  const body = shape.slice.body ? values.body : null;
  if (body !== null && values.contentType) {
    headers.push(["Content-Type", checkValue("contentType", values.contentType)]);
  }
  return { method: shape.method, path, query, headers, body };
}

function fillPath(template: string, values: CallValues): string {
  const path = template
    .split(IN_BRACES)
    .map((part, at) => {
      if (at % 2 === 0) return literal(part);
      const name = part.slice(1, -1);
      const value = typedFor(values, { in: "path", name });
      if (value === "") throw new ValueError(`path.${name}`, `${name} is part of the path and cannot be empty.`);
      return encode(value);
    })
    .join("");
  // "." and ".." would lead to another path than the one that was chosen, on any server on the way.
  if (path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw new ValueError("path", "A path value cannot be “.” or “..”.");
  }
  return path;
}

function checkName(p: SliceParameter, place: string): string {
  if (!TOKEN.test(p.name)) throw new ValueError(`${place}.${p.name}`, `${p.name} is not a ${place} name.`);
  return p.name;
}

function checkValue(field: string, value: string): string {
  if (SPLITS.test(value)) throw new ValueError(field, "A header value has one line.");
  return value;
}

/** "/acme/sandbox/weather/current?zipcode=90210" */
export const requestTarget = ({ path, query }: Pick<BuiltRequest, "path" | "query">): string =>
  query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join("&")}`;

/** Puts a part of the credential where its scheme says. A query value is encoded, a header value is checked. */
export function attach(request: BuiltRequest, place: Place | null, value: string, field: string): BuiltRequest {
  if (!place || value === "") return request;
  if (place.in === "query") return { ...request, query: [...request.query, [encode(place.name), encode(value)]] };
  return { ...request, headers: [...request.headers, [place.name, checkValue(field, value)]] };
}

/** The values that a form starts with: required parameters from their example, enum or nothing; so that one click sends (explore 1). */
export function initialValues(slice: OperationSlice): CallValues {
  let values: CallValues = {
    path: {},
    query: {},
    header: {},
    cookie: {},
    body: null,
    contentType: null,
    accept: null,
  };
  for (const p of slice.parameters) {
    values = withValue(values, p, p.required ? p.example || (p.enum[0] ?? "") : "");
  }
  if (slice.body) {
    values.body = slice.body.required || slice.body.example !== "" ? slice.body.example : null;
    values.contentType = slice.body.contentTypes[0] ?? "application/json";
  }
  return values;
}
