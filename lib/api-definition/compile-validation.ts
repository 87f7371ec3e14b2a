import type { JsonSchema } from "#lib/validation/compile-schema.ts";
import type {
  CompiledBody,
  CompiledMedia,
  CompiledParameter,
  CompiledRequest,
  CompiledValidation,
  CompiledValue,
} from "#lib/validation/compiled-validation.ts";
import { asText, dereference, isObject, type JsonObject, member, toPointer } from "./json-pointer.ts";
import { parametersOf } from "./operation-slice.ts";
import type { KeyedOperation } from "./operations.ts";
import type { Violation } from "./rules.ts";
import { SchemaBundle } from "./schema-bundle.ts";

/** OpenAPI 3 says so: these are described elsewhere, and a parameter of that name is ignored. */
const IGNORED_HEADERS = new Set(["accept", "content-type", "authorization"]);
const FORM = "application/x-www-form-urlencoded";
const isJson = (type: string): boolean => /^[^/]+\/(?:json|[^/]+\+json)$/.test(type);

/** What requests are held against, and every pattern that cannot be checked in bounded time (T18), as errors. */
export function compileValidation(
  document: JsonObject,
  operations: readonly KeyedOperation[],
): { validation: CompiledValidation; violations: Violation[] } {
  const bundle = new SchemaBundle(document);
  const compiled = operations.map((operation): [string, CompiledRequest] => [
    operation.key,
    compileRequest(document, operation, bundle),
  ]);
  bundle.checkEnds();
  const validation = { definitions: bundle.definitions, operations: Object.fromEntries(compiled) };
  return { validation, violations: bundle.violations };
}

function compileRequest(document: JsonObject, raw: KeyedOperation, bundle: SchemaBundle): CompiledRequest {
  const { operation, pathItem, pointer } = raw;
  const parameters = parametersOf(document, pathItem, operation);
  const body =
    member(document, "swagger") === undefined
      ? bodyOfThree(document, raw, bundle)
      : bodyOfTwo(document, raw, parameters, bundle);
  return { parameters: parameters.flatMap((each) => parameterOf(document, each, pointer, bundle)), body };
}

function parameterOf(
  document: JsonObject,
  parameter: JsonObject,
  pointer: string,
  bundle: SchemaBundle,
): CompiledParameter[] {
  const name = asText(member(parameter, "name"));
  const place = member(parameter, "in");
  if (name === "" || (place !== "path" && place !== "query" && place !== "header")) return [];
  if (place === "header" && IGNORED_HEADERS.has(name.toLowerCase())) return [];
  const [media] = Object.entries(member(parameter, "content") ?? {});
  const declared = media ? member(media[1], "schema") : (member(parameter, "schema") ?? parameter);
  const value = media ? jsonValue(media[0]) : textValue(document, parameter, declared, place);
  // An object in the query (deepObject and its kin): its parts have names of their own.
  if (value === null) return [];
  const required = place === "path" || member(parameter, "required") === true;
  return [
    {
      name,
      in: place,
      required,
      value,
      schema: bundle.add(withoutFlags(declared, parameter), `${pointer}/parameters`),
    },
  ];
}

/** Of 2.0 the parameter is its own schema; its `required` is no list of members. */
const withoutFlags = (declared: unknown, parameter: JsonObject): unknown =>
  declared === parameter ? { ...parameter, required: undefined } : declared;

const jsonValue = (type: string): CompiledValue | null =>
  isJson(type.toLowerCase()) ? { list: "json", types: [] } : null;

function textValue(
  document: JsonObject,
  parameter: JsonObject,
  declared: unknown,
  place: "path" | "query" | "header",
): CompiledValue | null {
  const schema = dereference(document, declared);
  const types = typesOf(document, schema);
  if (types.includes("object")) return null;
  if (!types.includes("array")) return { list: null, types };
  const list = separatorOf(parameter, place);
  return list === null ? null : { list, types: typesOf(document, dereference(document, member(schema, "items"))) };
}

/** 3.x: style and explode, with their defaults for the place; 2.0: collectionFormat. */
function separatorOf(parameter: JsonObject, place: "path" | "query" | "header"): CompiledValue["list"] {
  const format = member(parameter, "collectionFormat");
  if (member(parameter, "schema") === undefined) {
    if (format === "multi") return "multi";
    return format === "ssv" ? " " : format === "tsv" ? "\t" : format === "pipes" ? "|" : ",";
  }
  const style = member(parameter, "style") ?? (place === "query" ? "form" : "simple");
  const explode = member(parameter, "explode") ?? style === "form";
  if (place !== "query") return style === "simple" ? "," : null;
  if (explode === true) return style === "form" ? "multi" : null;
  return style === "form" ? "," : style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : null;
}

/** Schemas that are taken apart for their types; a loop of references ends there. */
const SCHEMAS_MAX = 50;

/** The types that a value may have: of the schema and of those that it is made of. */
function typesOf(document: JsonObject, schema: unknown): string[] {
  const found = new Set<string>();
  const queue = [schema];
  for (let count = 0; queue.length > 0 && count < SCHEMAS_MAX; count += 1) {
    const one = dereference(document, queue.pop());
    const type = member(one, "type");
    for (const each of Array.isArray(type) ? type : [type]) if (typeof each === "string") found.add(each);
    if (type === undefined && isObject(member(one, "properties"))) found.add("object");
    for (const key of ["allOf", "anyOf", "oneOf"]) {
      const parts = member(one, key);
      if (Array.isArray(parts)) queue.push(...parts);
    }
  }
  return [...found];
}

function bodyOfThree(
  document: JsonObject,
  { operation, pointer }: KeyedOperation,
  bundle: SchemaBundle,
): CompiledBody | null {
  const body = dereference(document, member(operation, "requestBody"));
  const content = member(body, "content");
  if (!isObject(body) || !isObject(content)) return null;
  const at = `${pointer}/requestBody/content`;
  return {
    required: member(body, "required") === true,
    content: Object.entries(content).map(([name, media]) =>
      mediaOf(document, name, member(media, "schema"), `${at}${toPointer([name, "schema"])}`, bundle),
    ),
  };
}

function mediaOf(
  document: JsonObject,
  name: string,
  schema: unknown,
  pointer: string,
  bundle: SchemaBundle,
): CompiledMedia {
  const type = (name.split(";")[0] ?? "").trim().toLowerCase();
  const isForm = type === FORM;
  const isRead = schema !== undefined && (isForm || isJson(type));
  return {
    type,
    schema: isRead ? bundle.add(schema, pointer) : null,
    fields: isForm && isRead ? fieldsOf(document, schema) : null,
  };
}

/** How the fields of a form become values: by the type of the property of the same name. */
function fieldsOf(document: JsonObject, schema: unknown): Record<string, CompiledValue> {
  const properties = member(dereference(document, schema), "properties");
  return Object.fromEntries(
    Object.entries(isObject(properties) ? properties : {}).map(([name, property]): [string, CompiledValue] => {
      const types = typesOf(document, property);
      if (types.includes("object")) return [name, { list: "json", types: [] }];
      if (!types.includes("array")) return [name, { list: null, types }];
      const items = member(dereference(document, property), "items");
      return [name, { list: "multi", types: typesOf(document, items) }];
    }),
  );
}

function bodyOfTwo(
  document: JsonObject,
  { operation, pointer }: KeyedOperation,
  parameters: readonly JsonObject[],
  bundle: SchemaBundle,
): CompiledBody | null {
  const at = `${pointer}/parameters`;
  const consumes = member(operation, "consumes") ?? member(document, "consumes");
  const types = (Array.isArray(consumes) ? consumes : []).map(asText).filter((type) => type !== "");
  const body = parameters.find((each) => member(each, "in") === "body");
  if (body) {
    const names = types.length > 0 ? types : ["application/json"];
    const content = names.map((name) => mediaOf(document, name, member(body, "schema"), at, bundle));
    return { required: member(body, "required") === true, content };
  }
  const fields = parameters.filter((each) => member(each, "in") === "formData");
  if (fields.length === 0) return null;
  const hasFile = fields.some((each) => member(each, "type") === "file");
  const names = types.length > 0 ? types : [hasFile ? "multipart/form-data" : FORM];
  const schema = formSchema(fields, bundle, at);
  const required = fields.some((each) => member(each, "required") === true);
  return {
    required,
    content: names.map((name) => {
      const type = (name.split(";")[0] ?? "").trim().toLowerCase();
      if (type !== FORM) return { type, schema: null, fields: null };
      return {
        type,
        schema,
        fields: Object.fromEntries(fields.map((each) => [asText(member(each, "name")), formValue(document, each)])),
      };
    }),
  };
}

function formSchema(fields: readonly JsonObject[], bundle: SchemaBundle, pointer: string): JsonSchema {
  const properties = fields.map((each) => [
    asText(member(each, "name")),
    bundle.add({ ...each, required: undefined }, pointer),
  ]);
  const required = fields
    .filter((each) => member(each, "required") === true)
    .map((each) => asText(member(each, "name")));
  return { type: "object", properties: Object.fromEntries(properties), required };
}

function formValue(document: JsonObject, field: JsonObject): CompiledValue {
  const types = typesOf(document, field);
  if (!types.includes("array")) return { list: null, types };
  return { list: separatorOf(field, "query"), types: typesOf(document, member(field, "items")) };
}
