import { Ajv2020, type ErrorObject, type Options } from "ajv/dist/2020.js";
import { fastFormats, fullFormats } from "ajv-formats/dist/formats.js";
import { linearPattern } from "./linear-pattern.ts";

/** JSON Schema 2020-12, which is what OpenAPI 3.1 has; for 2.0 and 3.0 see to-json-schema.ts. */
export type JsonSchema = boolean | { [keyword: string]: unknown };

/** What is wrong with a value: where (a JSON pointer into it, "" = the whole) and what must be. Never the value itself. */
export interface SchemaViolation {
  pointer: string;
  message: string;
}

/** Every violation that was found, at most `VIOLATIONS_MAX`; empty when the value is right. Never throws. */
export type Validate = (value: unknown) => SchemaViolation[];

const VIOLATIONS_MAX = 5;
/** Of a name that a client chose: it may hold anything, and as much as a body. */
const NAME_LENGTH_MAX = 80;

/** Dates by the calendar, the rest by expressions that match in linear time; what is not listed is not checked. */
const formats = {
  ...Object.fromEntries(
    (["uri", "uri-reference", "email", "hostname", "ipv4", "ipv6", "uuid", "byte", "int32", "int64"] as const).map(
      (name) => [name, fastFormats[name]],
    ),
  ),
  date: fullFormats.date,
  time: fullFormats.time,
  "date-time": fullFormats["date-time"],
};

const options: Options = {
  // Schemas of real definitions hold keywords of OpenAPI and of their authors, and formats of any name.
  strict: false,
  logger: false,
  // Whoever needs the schema itself checked does so when it is published, not here.
  meta: false,
  validateSchema: false,
  // The first violation ends the search: a hostile body cannot make a million of them.
  allErrors: false,
  // A property named like a member of Object.prototype is there only when the value has it itself (T17).
  ownProperties: true,
  formats: formats as Options["formats"],
  code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
};

/**
 * Compiles schemas that share definitions: a schema refers to them with `DEFINITIONS + name`, and each definition is
 * compiled once however many refer to it. Throws PatternRefused, or Error where a schema cannot be compiled.
 */
export function schemaCompiler(definitions: Record<string, unknown> = {}): (schema: JsonSchema) => Validate {
  const ajv = new Ajv2020(options);
  // ajv compares each element with each other one, so a long list would take minutes (T18).
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, list: unknown[]) => !wanted || areUnique(list),
    error: { message: "must NOT have duplicate items" },
  });
  if (Object.keys(definitions).length > 0) ajv.addSchema({ $id: "definitions", $defs: definitions });
  return (schema) => {
    const check = ajv.compile(schema);
    return (value) => {
      try {
        return check(value) ? NONE : (check.errors ?? []).slice(0, VIOLATIONS_MAX).map(toViolation);
      } catch (error) {
        // A recursive schema follows the value down; a value nested deeper than the stack is no valid one.
        if (error instanceof RangeError) return [{ pointer: "", message: "is nested too deeply" }];
        throw error;
      }
    };
  };
}

/** Start of a `$ref` to one of the shared definitions. */
export const DEFINITIONS = "definitions#/$defs/";

/** Compiles a schema that stands alone; `#/…` refers into itself. */
export const compileSchema = (schema: JsonSchema): Validate => schemaCompiler()(schema);

const NONE: SchemaViolation[] = [];

function areUnique(list: readonly unknown[]): boolean {
  const seen = new Set<string>();
  for (const item of list) seen.add(canonical(item));
  return seen.size === list.length;
}

/** JSON with sorted members: equal exactly for equal values. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, child: unknown) =>
    typeof child === "object" && child !== null && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  ) ?? "undefined";

const cut = (text: unknown): string => String(text).slice(0, NAME_LENGTH_MAX);

function toViolation({ keyword, instancePath, params, message }: ErrorObject): SchemaViolation {
  const pointer = instancePath.slice(0, 500);
  switch (keyword) {
    case "required":
      return { pointer, message: `lacks the required member "${cut(params.missingProperty)}"` };
    case "additionalProperties":
    case "unevaluatedProperties":
      return {
        pointer,
        message: `has the member "${cut(params.additionalProperty ?? params.unevaluatedProperty)}", which is not allowed`,
      };
    case "enum":
      return {
        pointer,
        message: `must be one of ${params.allowedValues
          .slice(0, 20)
          .map((v: unknown) => cut(JSON.stringify(v)))
          .join(", ")}`,
      };
    case "pattern":
      return { pointer, message: `must match the pattern ${cut(params.pattern)}` };
    default:
      return { pointer, message: (message ?? "is not valid").slice(0, 300) };
  }
}
