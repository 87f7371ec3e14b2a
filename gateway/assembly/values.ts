/** An own member; never one of a prototype (T17). */
export const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

/** What a path names in a JSON value. Over a list without an index it is the list of what it names in each item. */
export function valueAt(value: unknown, path: readonly string[], from = 0): unknown {
  let current = value;
  for (let i = from; i < path.length; i += 1) {
    const key = path[i] as string;
    if (Array.isArray(current) && !/^\d+$/.test(key)) {
      const found = current.map((item) => valueAt(item, path, i)).filter((one) => one !== undefined);
      return found.length > 0 ? found : undefined;
    }
    current = own(current, key);
    if (current === undefined) return undefined;
  }
  return current;
}

/** Longer lists are not made by setting one item of them. */
const INDEX_MAX = 10_000;

/** Defines a member, making objects and lists on the way. The path holds no name of a prototype (lib/assembly). */
export function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let current: Record<string, unknown> | unknown[] = root;
  path.forEach((key, i) => {
    const last = i === path.length - 1;
    const known = own(current, key);
    const next = last
      ? value
      : typeof known === "object" && known !== null
        ? known
        : /^\d+$/.test(path[i + 1] ?? "")
          ? []
          : {};
    if (Array.isArray(current) && !(Number(key) <= INDEX_MAX)) return;
    Object.defineProperty(current, key, { value: next, writable: true, enumerable: true, configurable: true });
    current = next as Record<string, unknown>;
  });
}

/** A value of its own: changing it changes nothing else. */
export const copyOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? structuredClone(value) : value;
