import { DEFINITIONS, type JsonSchema } from "#lib/validation/compile-schema.ts";
import { endlessReferences } from "#lib/validation/endless-references.ts";
import { linearPattern, PatternRefused } from "#lib/validation/linear-pattern.ts";
import { dereference, isObject, type JsonObject, localReference, member, toPointer } from "./json-pointer.ts";
import type { Violation } from "./rules.ts";

const TYPES = new Set(["array", "boolean", "integer", "null", "number", "object", "string"]);

type Kind = "schema" | "schemas" | "map" | "number" | "texts" | "boolean" | "any" | "format";
/** The keywords that are kept, by what they must hold: real definitions hold others, and some of these wrongly. */
const KEYWORDS: Record<string, Kind> = {
  additionalProperties: "schema",
  allOf: "schemas",
  anyOf: "schemas",
  const: "any",
  contains: "schema",
  else: "schema",
  exclusiveMaximum: "number",
  exclusiveMinimum: "number",
  format: "format",
  if: "schema",
  items: "schema",
  maxContains: "number",
  maxItems: "number",
  maxLength: "number",
  maxProperties: "number",
  maximum: "number",
  minContains: "number",
  minItems: "number",
  minLength: "number",
  minProperties: "number",
  minimum: "number",
  multipleOf: "number",
  not: "schema",
  oneOf: "schemas",
  patternProperties: "map",
  prefixItems: "schemas",
  properties: "map",
  propertyNames: "schema",
  required: "texts",
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: "schema",
  unevaluatedItems: "schema",
  unevaluatedProperties: "schema",
  uniqueItems: "boolean",
};

/**
 * Turns schemas of a definition (2.0, 3.0, 3.1) into JSON Schema 2020-12 that stands without the document: references
 * into it become shared definitions, references out of it are not checked (T14), and members that only answers have
 * (readOnly) are not required of a request.
 */
export class SchemaBundle {
  readonly definitions: Record<string, JsonSchema> = {};
  readonly violations: (Violation & { code?: string })[] = [];
  readonly #document: JsonObject;
  readonly #modern: boolean;
  readonly #names = new Map<string, string>();
  readonly #waiting: { name: string; keys: string[] }[] = [];

  constructor(document: JsonObject) {
    this.#document = document;
    this.#modern = /^3\.[12]/.test(String(member(document, "openapi")));
  }

  /** Says what can never be checked, when all schemas are added. */
  checkEnds(): void {
    const endless = new Set(endlessReferences(this.definitions, DEFINITIONS));
    for (const [at, name] of this.#names) {
      if (!endless.has(name)) continue;
      const message = `The schema #${at} refers to itself without end, so that requests cannot be validated.`;
      this.violations.push({ severity: "error", code: "REF_LOOP", pointer: at, message });
    }
  }

  /** `pointer`: where the schema stands, for what is found in it. */
  add(schema: unknown, pointer: string): JsonSchema {
    const converted = this.#convert(schema, pointer);
    // A queue in place of recursion: definitions may refer to each other thousands deep (T16).
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) {
      let target: unknown = this.#document;
      for (const key of next.keys) target = member(target, key);
      this.definitions[next.name] = this.#convert(target, toPointer(next.keys));
    }
    return converted;
  }

  #convert(schema: unknown, pointer: string): JsonSchema {
    if (typeof schema === "boolean") return schema;
    if (!isObject(schema)) return true;
    const reference = this.#reference(schema);
    // Before 3.1 whatever stands beside a reference is ignored.
    if (reference !== null && !this.#modern) return reference;
    const made: JsonObject = { ...(isObject(reference) && reference), ...this.#types(schema) };
    for (const [keyword, value] of Object.entries(schema)) {
      if (!Object.hasOwn(KEYWORDS, keyword)) continue;
      const kept = this.#keyword(KEYWORDS[keyword], value, `${pointer}${toPointer([keyword])}`);
      if (kept !== undefined) made[keyword] = kept;
    }
    this.#pattern(schema, made, pointer);
    this.#required(schema, made);
    return this.#modern ? made : this.#older(schema, made);
  }

  /** null when there is none; `true` when it leads where nothing is read. */
  #reference(schema: JsonObject): JsonSchema | null {
    if (typeof member(schema, "$ref") !== "string") return null;
    const keys = localReference(schema);
    if (keys === null) return true;
    const at = toPointer(keys);
    let name = this.#names.get(at);
    if (name === undefined) {
      name = `d${this.#names.size}`;
      this.#names.set(at, name);
      this.#waiting.push({ name, keys });
    }
    return { $ref: DEFINITIONS + name };
  }

  #types(schema: JsonObject): JsonObject {
    const type = member(schema, "type");
    const known = (Array.isArray(type) ? type : [type]).filter((each) => TYPES.has(each as string));
    if (known.length === 0) return {};
    return { type: known.length === 1 ? known[0] : known };
  }

  #keyword(kind: Kind | undefined, value: unknown, pointer: string): unknown {
    switch (kind) {
      case "schema":
        // Up to 3.0 "items" may be a list; nothing is checked then.
        return isObject(value) || typeof value === "boolean" ? this.#convert(value, pointer) : undefined;
      case "schemas":
        if (!Array.isArray(value) || value.length === 0) return undefined;
        return value.map((each, index) => this.#convert(each, `${pointer}/${index}`));
      case "map":
        if (!isObject(value)) return undefined;
        return Object.fromEntries(
          Object.entries(value)
            .filter(([name]) => !pointer.endsWith("/patternProperties") || this.#isLinear(name, pointer))
            .map(([name, each]) => [name, this.#convert(each, `${pointer}${toPointer([name])}`)]),
        );
      case "number":
        return typeof value === "number" && Number.isFinite(value) ? value : undefined;
      case "texts":
        return Array.isArray(value) && value.every((each) => typeof each === "string")
          ? [...new Set(value)]
          : undefined;
      case "boolean":
        return typeof value === "boolean" ? value : undefined;
      case "format":
        return typeof value === "string" ? value : undefined;
      default:
        return value;
    }
  }

  #pattern(schema: JsonObject, made: JsonObject, pointer: string): void {
    const values = member(schema, "enum");
    if (Array.isArray(values) && values.length > 0) made.enum = values;
    const pattern = member(schema, "pattern");
    if (typeof pattern === "string" && this.#isLinear(pattern, `${pointer}/pattern`)) made.pattern = pattern;
  }

  #isLinear(pattern: string, pointer: string): boolean {
    try {
      linearPattern(pattern);
      return true;
    } catch (error) {
      if (!(error instanceof PatternRefused)) throw error;
      const message = `${error.message} The gateway cannot check it within bounded time, so that requests cannot be validated.`;
      this.violations.push({ severity: "error", pointer, message });
      return false;
    }
  }

  /** A member that is readOnly comes in answers only: a request need not have it, even where it is required. */
  #required(schema: JsonObject, made: JsonObject): void {
    if (!Array.isArray(made.required)) return;
    const properties = member(schema, "properties");
    made.required = made.required.filter((name) => {
      const property = dereference(this.#document, member(properties, String(name)));
      return member(property, "readOnly") !== true;
    });
  }

  /** 2.0 and 3.0 have `nullable` and say "exclusive" with a boolean. */
  #older(schema: JsonObject, made: JsonObject): JsonSchema {
    for (const [bound, exclusive] of [
      ["minimum", "exclusiveMinimum"],
      ["maximum", "exclusiveMaximum"],
    ] as const) {
      if (member(schema, exclusive) !== true || typeof made[bound] !== "number") continue;
      made[exclusive] = made[bound];
      delete made[bound];
    }
    if (member(schema, "nullable") !== true && member(schema, "x-nullable") !== true) return made;
    if (typeof made.type !== "string") return { anyOf: [{ type: "null" }, made] };
    made.type = [made.type, "null"];
    if (Array.isArray(made.enum) && !made.enum.includes(null)) made.enum = [...made.enum, null];
    return made;
  }
}
