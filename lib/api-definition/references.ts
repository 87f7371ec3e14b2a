import { cutText } from "#lib/text.schema.ts";
import { dereference, isObject, type JsonObject, localReference, member, toPointer } from "./json-pointer.ts";
import type { KeyedOperation } from "./operations.ts";
import { DefinitionRefused } from "./parse-text.ts";
import type { Violation } from "./rules.ts";

/** Their content is data, and data may hold a member named $ref. */
const DATA_KEYS = new Set(["example", "examples", "default", "enum", "const"]);
/** Their members are names, so that a property called "example" is still a schema. */
const NAME_MAPS = new Set(["properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "schemas"]);

/**
 * Follows every reference that operations use. Throws DefinitionRefused where one leads into nowhere of this
 * document; returns warnings for those that lead out of it, which are never read or fetched (T14).
 */
export function checkReferences(document: JsonObject, operations: KeyedOperation[]): (Violation & { code: string })[] {
  const outside = new Map<string, string>();
  const loops = new Map<string, string>();
  const seen = new Set<unknown>();
  const queue: { value: unknown; pointer: string; names: boolean }[] = [];
  for (const { operation, pathItem, pointer } of operations) {
    queue.push({ value: operation, pointer, names: false });
    const shared = pointer.slice(0, pointer.lastIndexOf("/"));
    queue.push({ value: member(pathItem, "parameters"), pointer: `${shared}/parameters`, names: false });
  }
  for (let item = queue.pop(); item; item = queue.pop()) {
    const { value, pointer, names } = item;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const ref = names ? undefined : member(value, "$ref");
    if (typeof ref === "string") {
      if (ref.startsWith("#/")) {
        if (endsInItself(document, value)) loops.set(ref, `${pointer}/$ref`);
        queue.push(target(document, value, pointer, ref));
      } else if (!ref.startsWith("#")) outside.set(ref, `${pointer}/$ref`);
    }
    for (const [key, child] of Object.entries(value)) {
      if (!names && isObject(value) && (DATA_KEYS.has(key) || key.startsWith("x-"))) continue;
      queue.push({ value: child, pointer: pointer + toPointer([key]), names: !names && NAME_MAPS.has(key) });
    }
  }
  const out = [...outside].map(([ref, pointer]) => ({
    code: "REF_EXTERNAL",
    severity: "warning" as const,
    pointer,
    message: `The reference to ${cutText(ref, 200)} leads out of this text and is not followed. Bundle the definition into one file.`,
  }));
  const round = [...loops].map(([ref, pointer]) => ({
    code: "REF_LOOP",
    severity: "error" as const,
    pointer,
    message: `The reference ${cutText(ref, 200)} leads to itself, and to nothing that could be checked or shown.`,
  }));
  return [...out, ...round];
}

/** Whether a chain of references comes round to itself. */
function endsInItself(document: JsonObject, holder: unknown): boolean {
  const seen = new Set<unknown>();
  for (let current = holder; isObject(current); ) {
    if (seen.has(current)) return true;
    seen.add(current);
    const keys = localReference(current);
    if (!keys) return false;
    let next: unknown = document;
    for (const key of keys) next = member(next, key);
    current = next;
  }
  return false;
}

function target(document: JsonObject, holder: object, pointer: string, ref: string) {
  const value = dereference(document, holder);
  if (value === undefined && !leadsOut(document, holder)) {
    throw new DefinitionRefused(
      "REF_UNRESOLVED",
      `The reference ${cutText(ref, 200)} leads nowhere, and an operation uses it.`,
      {
        pointer: `${pointer}/$ref`,
      },
    );
  }
  return { value, pointer: toPointer(localReference(holder) ?? []), names: false };
}

/** Whether a chain of references ends outside of the document, or in itself: odd, but nothing to refuse a draft for. */
function leadsOut(document: JsonObject, holder: unknown): boolean {
  const seen = new Set<unknown>();
  for (let current = holder; isObject(current) && !seen.has(current); ) {
    seen.add(current);
    const keys = localReference(current);
    if (!keys) return typeof member(current, "$ref") === "string";
    let next: unknown = document;
    for (const key of keys) next = member(next, key);
    if (next === undefined) return false;
    current = next;
  }
  return true;
}
