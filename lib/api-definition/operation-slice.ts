import { sample } from "openapi-sampler";
import { cutText } from "#lib/text.schema.ts";
import type { OperationSlice, SliceParameter } from "./compiled.ts";
import { asText, dereference, isObject, type JsonObject, member } from "./json-pointer.ts";
import type { RawOperation } from "./operations.ts";

/** A parameter's sample is one value on the wire; a body's example is read by people. */
const PARAMETER_EXAMPLE_MAX = 500;
const BODY_EXAMPLE_MAX = 20_000;
const DESCRIPTION_MAX = 10_000;
const ENUM_MAX = 200;
/** Deep enough for real bodies; each level of a recursive schema multiplies (Discord, Kubernetes). */
const SAMPLE_DEPTH_MAX = 8;

const LOCATIONS = ["path", "query", "header", "cookie"] as const;

/** What a form or a snippet needs to make a call: references resolved, every text and depth bounded. */
export function operationSlice(document: JsonObject, { operation, pathItem }: RawOperation): OperationSlice {
  const raw = parametersOf(document, pathItem, operation);
  const two = member(document, "swagger") !== undefined;
  const body = two ? bodyOfTwo(document, operation, raw) : bodyOfThree(document, operation);
  return {
    parameters: raw.flatMap((parameter) => sliceParameter(document, parameter)),
    body,
    responses: responsesOf(document, operation),
  };
}

/** The operation's own parameters override the path's of the same name and place. */
export function parametersOf(document: JsonObject, pathItem: JsonObject, operation: JsonObject): JsonObject[] {
  const merged = new Map<string, JsonObject>();
  for (const holder of [pathItem, operation]) {
    const list = member(holder, "parameters");
    for (const entry of Array.isArray(list) ? list : []) {
      const parameter = dereference(document, entry);
      if (isObject(parameter))
        merged.set(`${asText(member(parameter, "in"))} ${asText(member(parameter, "name"))}`, parameter);
    }
  }
  return [...merged.values()];
}

function sliceParameter(document: JsonObject, parameter: JsonObject): SliceParameter[] {
  const location = member(parameter, "in");
  const name = asText(member(parameter, "name"));
  if (!(LOCATIONS as readonly unknown[]).includes(location) || name === "") return [];
  // 3.x: a schema, or a schema below the one media type of `content`; 2.0: the parameter is its own schema.
  const [media] = Object.values(asObject(member(parameter, "content")));
  const declared = member(parameter, "schema") ?? member(media, "schema") ?? parameter;
  const schema = asObject(dereference(document, declared));
  const values = member(schema, "enum") ?? member(dereference(document, member(schema, "items")), "enum");
  return [
    {
      name,
      in: location as SliceParameter["in"],
      required: location === "path" || member(parameter, "required") === true,
      description: cutText(asText(member(parameter, "description")), DESCRIPTION_MAX),
      type: typeText(document, schema),
      enum: Array.isArray(values) ? values.slice(0, ENUM_MAX).map(onTheWire) : [],
      example: cutText(parameterExample(document, parameter, media, schema), PARAMETER_EXAMPLE_MAX),
    },
  ];
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

function typeText(document: JsonObject, schema: JsonObject): string {
  const type = member(schema, "type");
  const base = Array.isArray(type) ? type.filter((t) => t !== "null").join(" or ") : asText(type);
  if (base !== "array") return base || (member(schema, "properties") ? "object" : "string");
  const items = asObject(dereference(document, member(schema, "items")));
  return `array of ${asText(member(items, "type")) || "string"}`;
}

/** Text as it goes on the wire; a list with commas, the default style of most parameters. */
function onTheWire(value: unknown): string {
  if (Array.isArray(value)) return value.map(onTheWire).join(",");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return value === null || value === undefined ? "" : String(value);
}

function parameterExample(document: JsonObject, parameter: JsonObject, media: unknown, schema: JsonObject): string {
  for (const holder of [parameter, media]) {
    const example = member(holder, "example") ?? member(holder, "x-example") ?? firstExample(document, holder);
    if (example !== undefined) return onTheWire(example);
  }
  const own = member(schema, "example") ?? member(schema, "default");
  if (own !== undefined) return onTheWire(own);
  const [listed] = asList(member(schema, "examples"));
  if (listed !== undefined) return onTheWire(listed);
  const required = member(parameter, "in") === "path" || member(parameter, "required") === true;
  const [allowed] = asList(member(schema, "enum"));
  if (!required) return "";
  return allowed === undefined ? onTheWire(sampleOf(document, schema)) : onTheWire(allowed);
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function firstExample(document: JsonObject, holder: unknown): unknown {
  const [first] = Object.values(asObject(member(holder, "examples")));
  return member(dereference(document, first), "value");
}

function bodyOfThree(document: JsonObject, operation: JsonObject): OperationSlice["body"] {
  const body = dereference(document, member(operation, "requestBody"));
  const content = asObject(member(body, "content"));
  const contentTypes = Object.keys(content);
  if (!isObject(body) || contentTypes.length === 0) return null;
  const preferred = contentTypes.find((type) => /json/i.test(type)) ?? contentTypes[0] ?? "";
  const media = content[preferred];
  const given = member(media, "example") ?? firstExample(document, media);
  const value = given ?? sampleOf(document, asObject(member(media, "schema")));
  return { required: member(body, "required") === true, contentTypes, example: bodyText(value, preferred) };
}

function bodyOfTwo(document: JsonObject, operation: JsonObject, parameters: JsonObject[]): OperationSlice["body"] {
  const consumes = asList(member(operation, "consumes") ?? member(document, "consumes")).map(asText);
  const body = parameters.find((p) => member(p, "in") === "body");
  if (body) {
    const contentTypes = consumes.length > 0 ? consumes : ["application/json"];
    const preferred = contentTypes.find((type) => /json/i.test(type)) ?? contentTypes[0] ?? "";
    const value = sampleOf(document, asObject(member(body, "schema")));
    return { required: member(body, "required") === true, contentTypes, example: bodyText(value, preferred) };
  }
  const fields = parameters.filter((p) => member(p, "in") === "formData");
  if (fields.length === 0) return null;
  const form = consumes.filter((type) => /form/i.test(type));
  const hasFile = fields.some((p) => member(p, "type") === "file");
  const contentTypes = form.length > 0 ? form : [hasFile ? "multipart/form-data" : "application/x-www-form-urlencoded"];
  const value = Object.fromEntries(
    fields.map((p) => [asText(member(p, "name")), parameterExample(document, { ...p, required: true }, null, p)]),
  );
  const required = fields.some((p) => member(p, "required") === true);
  return { required, contentTypes, example: bodyText(value, contentTypes[0] ?? "") };
}

function bodyText(value: unknown, contentType: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return cutText(value, BODY_EXAMPLE_MAX);
  if (/x-www-form-urlencoded/i.test(contentType) && isObject(value)) {
    const pairs = Object.entries(value).map(([k, v]): [string, string] => [k, onTheWire(v)]);
    return new URLSearchParams(pairs).toString().slice(0, BODY_EXAMPLE_MAX);
  }
  const text = JSON.stringify(value, null, 2);
  // Half a JSON text is no example.
  return text.length > BODY_EXAMPLE_MAX ? "" : text;
}

/** A sample of a schema, undefined when the sampler cannot make one of it. */
function sampleOf(document: JsonObject, schema: JsonObject): unknown {
  try {
    const options = { quiet: true, skipReadOnly: true, maxSampleDepth: SAMPLE_DEPTH_MAX };
    return sample(schema as never, options, document);
  } catch {
    // The sampler throws on references that lead nowhere and on schemas that are none: then there is no example.
    return undefined;
  }
}

function responsesOf(document: JsonObject, operation: JsonObject): OperationSlice["responses"] {
  return Object.entries(asObject(member(operation, "responses")))
    .filter(([status]) => !status.startsWith("x-"))
    .map(([status, raw]) => ({
      status,
      description: cutText(asText(member(dereference(document, raw), "description")), DESCRIPTION_MAX),
    }));
}
