export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const asText = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

/** Own members only: a definition may hold keys such as `constructor` or `__proto__` (T17). */
export function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** JSON pointer (RFC 6901) of a list of keys. */
export const toPointer = (keys: readonly (string | number)[]): string =>
  keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Keys of a JSON pointer; "" is the whole document. */
export const fromPointer = (pointer: string): string[] =>
  pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));

/** The value that a pointer names; undefined when there is none. */
export function valueAt(document: unknown, keys: readonly string[]): unknown {
  let value = document;
  for (const key of keys) value = member(value, key);
  return value;
}

/** Keys of a `$ref` into the same document ("#/…"); null for any other reference. */
export function localReference(value: unknown): string[] | null {
  const ref = member(value, "$ref");
  if (typeof ref !== "string" || !(ref === "#" || ref.startsWith("#/"))) return null;
  try {
    return fromPointer(decodeURIComponent(ref.slice(1)));
  } catch {
    return fromPointer(ref.slice(1));
  }
}

/** A chain of references longer than this is taken for a loop. */
const REFERENCE_HOPS_MAX = 50;

/** Follows local references to what they mean; undefined when they lead nowhere, out of the document or in a loop. */
export function dereference(document: unknown, value: unknown): unknown {
  let current = value;
  for (let hop = 0; hop < REFERENCE_HOPS_MAX; hop += 1) {
    if (typeof member(current, "$ref") !== "string") return current;
    const keys = localReference(current);
    if (!keys) return undefined;
    current = valueAt(document, keys);
  }
  return undefined;
}
