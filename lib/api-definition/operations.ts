import { cutText, shownLine } from "#lib/text.schema.ts";
import type { OutlineOperation } from "./compiled.ts";
import { asText, dereference, isObject, type JsonObject, localReference, member, toPointer } from "./json-pointer.ts";

export const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

export interface RawOperation {
  method: string;
  path: string;
  operation: JsonObject;
  /** The path item, references resolved, for its shared parameters. */
  pathItem: JsonObject;
  pointer: string;
}

/** Every operation under `paths`, in the order of the text; path items by reference are followed. */
export function* eachOperation(document: JsonObject): Generator<RawOperation> {
  const paths = member(document, "paths");
  if (!isObject(paths)) return;
  for (const [path, raw] of Object.entries(paths)) {
    const pathItem = dereference(document, raw);
    if (path.startsWith("x-") || !isObject(pathItem)) continue;
    const base = toPointer(localReference(raw) ?? ["paths", path]);
    for (const [method, operation] of Object.entries(pathItem)) {
      if (!(METHODS as readonly string[]).includes(method) || !isObject(operation)) continue;
      yield { method: method.toUpperCase(), path, operation, pathItem, pointer: `${base}/${method}` };
    }
  }
}

export interface KeyedOperation extends RawOperation {
  key: string;
}

/** Operations with a key each: the operationId where it is the only one of its name, else "METHOD path". */
export function keyedOperations(document: JsonObject): KeyedOperation[] {
  const all = [...eachOperation(document)];
  const count = new Map<string, number>();
  for (const { operation } of all) {
    const id = operationIdOf(operation);
    if (id) count.set(id, (count.get(id) ?? 0) + 1);
  }
  const taken = new Set<string>();
  return all.map((raw) => {
    const id = operationIdOf(raw.operation);
    const wanted = id && count.get(id) === 1 ? id : `${raw.method} ${raw.path}`;
    let key = wanted;
    for (let n = 2; taken.has(key); n += 1) key = `${wanted} ${n}`;
    taken.add(key);
    return { ...raw, key };
  });
}

/** Longer ones exist only by mistake, and keys stand in addresses. */
const OPERATION_ID_LENGTH_MAX = 200;

function operationIdOf(operation: JsonObject): string | null {
  const id = asText(member(operation, "operationId")).trim();
  // One that cannot be seen, or turns the text around it, names nothing.
  return id !== "" && id === shownLine(id) && id.length <= OPERATION_ID_LENGTH_MAX ? id : null;
}

/** In UTF-16 units: of what stands in lists. */
export const SUMMARY_LENGTH_MAX = 300;

/** The lines of a draft's operation list. */
export const outlineOf = (operations: KeyedOperation[]): OutlineOperation[] =>
  operations.map(({ key, method, path, operation }) => ({
    key,
    method,
    path,
    operationId: operationIdOf(operation),
    summary: cutText(shownLine(asText(member(operation, "summary"))), SUMMARY_LENGTH_MAX),
  }));

/** The requirement in force: the operation's own list replaces the API's whole; an empty list opens it (X2). */
export function effectiveSecurity(document: JsonObject, operation: JsonObject): JsonObject[] {
  const own = member(operation, "security");
  const list = Array.isArray(own) ? own : member(document, "security");
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Why a gateway cannot route a path of the definition; null when it can. */
export function unroutable(path: string): string | null {
  if (!path.startsWith("/")) return "it does not start with a slash";
  if (/[?#]/.test(path)) return "a path holds no query and no fragment";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\s\u0000-\u001f\\]/.test(path)) return "it holds a space, a backslash or a control character";
  return null;
}

/** Two templates that differ only in parameter names match the same calls. */
export const templateShape = (method: string, path: string): string => `${method} ${path.replace(/\{[^{}]*\}/g, "{}")}`;
