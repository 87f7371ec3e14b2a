const PARAMETER = /\{([^{}]*)\}/;

/** A template such as "/maps/{lat},{long}.json" as its segments: texts and, between them, names. */
export type PathPattern = readonly (readonly string[])[];

/** Texts at even places, decoded, and names at odd ones, segment by segment. */
export const pathPattern = (template: string): PathPattern =>
  template.split("/").map((part) => part.split(PARAMETER).map((text, i) => (i % 2 === 0 ? decoded(text) : text)));

/** The router compares paths decoded. */
function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The values of a path's parameters, decoded. The router has matched the path: each value ends where the text
 * after it begins first.
 */
export function pathValues(pattern: PathPattern, path: string): Map<string, string> {
  const values = new Map<string, string>();
  const segments = path.split("/").map(decoded);
  for (const [index, parts] of pattern.entries()) {
    const segment = segments[index] ?? "";
    let at = (parts[0] ?? "").length;
    for (let i = 1; i < parts.length; i += 2) {
      const text = parts[i + 1] ?? "";
      const isLast = i + 2 >= parts.length;
      // Each parameter is at least one character long; the last one leaves what the template ends with.
      const end = isLast ? segment.length - text.length : segment.indexOf(text, at + 1);
      values.set(parts[i] as string, segment.slice(at, end < 0 ? segment.length : end));
      at = end + text.length;
    }
  }
  return values;
}
