import {
  isObject,
  type JsonObject,
  localReference,
  member,
  toPointer,
  valueAt,
} from "#lib/api-definition/json-pointer.ts";
import { endlessReferences } from "#lib/validation/endless-references.ts";
import type { Json } from "./plan.ts";
import { Unreadable } from "./reference.ts";

/** What one policy may check with, all operations and all that their schemas refer to together. */
export const newBudget = (): Budget => ({ nodes: 20_000 });
export interface Budget {
  nodes: number;
}
const DEPTH_MAX = 100;

/** Keywords whose values are no schemas and hold no references. */
const DATA = new Set(["enum", "const", "default", "required", "type", "format", "pattern"]);
/** What says nothing about a value. */
const DROPPED = new Set([
  "example",
  "examples",
  "description",
  "title",
  "xml",
  "externalDocs",
  "discriminator",
  "deprecated",
  "nullable",
]);

/**
 * A schema of an OpenAPI document as a JSON Schema (2020-12) that stands alone: what it refers to is under `$defs`. Throws
 * Unreadable for a reference that leads nowhere, or out of the document (T14), and when there is too much of it (T16).
 */
export function bundleSchema(document: JsonObject, schema: unknown, budget: Budget): Json {
  const defs = new Map<string, Json>();
  const names = new Map<string, string>();

  function convert(value: unknown, depth: number): Json {
    budget.nodes -= 1;
    if (budget.nodes < 0 || depth > DEPTH_MAX)
      throw new Unreadable("The schemas are too large to be checked with each call.");
    if (Array.isArray(value)) return value.map((item) => convert(item, depth + 1));
    if (!isObject(value)) return (value ?? null) as Json;
    if (typeof value.$ref === "string") return { $ref: `#/$defs/${reference(value)}` };
    const entries = Object.entries(value).filter(([key]) => !DROPPED.has(key) && !key.startsWith("x-"));
    const converted = entries.map(([key, child]): [string, Json] => {
      if (DATA.has(key)) return [key, child as Json];
      if (key !== "properties" && key !== "patternProperties") return [key, convert(child, depth + 1)];
      // Names of members, not keywords.
      const members = isObject(child) ? Object.entries(child) : [];
      return [key, Object.fromEntries(members.map(([name, one]) => [name, convert(one, depth + 1)]))];
    });
    return modernize(Object.fromEntries(converted), value.nullable === true);
  }

  function reference(value: JsonObject): string {
    const keys = localReference(value);
    const target = keys ? valueAt(document, keys) : undefined;
    if (!keys || target === undefined)
      throw new Unreadable(`The reference ${String(value.$ref).slice(0, 100)} leads nowhere.`);
    const key = JSON.stringify(keys);
    const known = names.get(key);
    if (known) return known;
    const name = `s${names.size}`;
    names.set(key, name);
    defs.set(name, convert(target, 1));
    return name;
  }

  const root = convert(schema, 0);
  const [endless] = endlessReferences(Object.fromEntries(defs), "#/$defs/");
  if (endless !== undefined) {
    const [key = "[]"] = [...names].find(([, name]) => name === endless) ?? [];
    throw new Unreadable(`The schema #${toPointer(JSON.parse(key))} refers to itself without end.`);
  }
  if (!isObject(root) || defs.size === 0) return root;
  return { ...root, $defs: Object.fromEntries(defs) } as Json;
}

/** OpenAPI 2.0 and 3.0 write some keywords in another way than JSON Schema. */
function modernize(schema: { [key: string]: Json }, nullable: boolean): Json {
  for (const [flag, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof schema[flag] !== "boolean") continue;
    const { [flag]: exclusive, [bound]: limit, ...rest } = schema;
    schema =
      exclusive && limit !== undefined
        ? { ...rest, [flag]: limit }
        : limit === undefined
          ? rest
          : { ...rest, [bound]: limit };
  }
  if (schema.type === "file") {
    const { type: _file, ...rest } = schema;
    schema = rest;
  }
  if (!nullable) return schema;
  return { anyOf: [{ type: "null" }, schema] };
}

/** The schema of a request body or answer in an operation, JSON first; undefined when it declares none. */
export function jsonSchemaOf(content: unknown): unknown {
  if (!isObject(content)) return undefined;
  const name =
    Object.keys(content).find((type) => /[/+]json\b/i.test(type)) ??
    Object.keys(content).find((type) => type.includes("*"));
  return name === undefined ? undefined : member(member(content, name), "schema");
}
