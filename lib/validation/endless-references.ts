/** Keywords whose schemas are held against the same value as the schema that they stand in. */
const ONE = ["not", "if", "then", "else"];
const MANY = ["allOf", "anyOf", "oneOf"];
const MAP = "dependentSchemas";

/**
 * One definition of each circle in which definitions refer to each other, or to themselves, without a step down into the
 * value: to check it, its check would have to be done first. `prefix`: what a `$ref` to a definition begins with.
 */
export function endlessReferences(definitions: Readonly<Record<string, unknown>>, prefix: string): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const leadsTo = (name: string) =>
    referred(definitions[name], prefix)
      .filter((other) => Object.hasOwn(definitions, other))
      .values();
  // A stack in place of recursion: definitions may refer to each other thousands deep (T16).
  for (const first of Object.keys(definitions)) {
    if (done.has(first)) continue;
    const path = [{ name: first, next: leadsTo(first) }];
    const onPath = new Set([first]);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const { value: name } = last.next.next();
      if (name === undefined) {
        path.pop();
        onPath.delete(last.name);
        done.add(last.name);
      } else if (onPath.has(name)) found.add(name);
      else if (!done.has(name)) {
        path.push({ name, next: leadsTo(name) });
        onPath.add(name);
      }
    }
  }
  return [...found];
}

/** The definitions that are held against the same value as `schema`. */
function referred(schema: unknown, prefix: string): string[] {
  const found: string[] = [];
  const queue: unknown[] = [schema];
  while (queue.length > 0) {
    const one = queue.pop();
    if (typeof one !== "object" || one === null) continue;
    const keywords = one as Record<string, unknown>;
    const { $ref } = keywords;
    if (typeof $ref === "string" && $ref.startsWith(prefix)) found.push($ref.slice(prefix.length));
    for (const name of ONE) queue.push(keywords[name]);
    for (const name of MANY) if (Array.isArray(keywords[name])) queue.push(...(keywords[name] as unknown[]));
    const dependent = keywords[MAP];
    if (typeof dependent === "object" && dependent !== null) queue.push(...Object.values(dependent));
  }
  return found;
}
