const indentOf = (line: string): number => line.length - line.trimStart().length;
const isKey = (line: string, key: string): boolean => {
  const text = line.trim();
  return [key, `"${key}"`, `'${key}'`].some((k) => text.startsWith(`${k}:`));
};

/** A block of a YAML or JSON text that starts at a key, as first and last line (1-based). */
export interface Part {
  from: number;
  to: number;
}

/** The lines of the value under a chain of keys; null when the text is not laid out in blocks. */
export function locatePart(source: string, keys: string[]): Part | null {
  const lines = source.split("\n");
  let from = 0;
  let to = lines.length;
  let parent = -1;
  for (const key of keys) {
    const at = findKey(lines, key, from, to, parent);
    if (at === -1) return null;
    parent = indentOf(lines[at] ?? "");
    to = endOf(lines, at, to, parent);
    from = at;
  }
  return { from: from + 1, to };
}

function findKey(lines: string[], key: string, from: number, to: number, parent: number): number {
  let level = -1;
  for (let n = parent === -1 ? from : from + 1; n < to; n++) {
    const line = lines[n] ?? "";
    if (line.trim() === "" || line.trim().startsWith("#") || indentOf(line) <= parent) continue;
    if (level === -1 && !/^[{[]?$/.test(line.trim())) level = indentOf(line);
    if (indentOf(line) === level && isKey(line, key)) return n;
  }
  return -1;
}

function endOf(lines: string[], at: number, to: number, indent: number): number {
  let last = at;
  for (let n = at + 1; n < to; n++) {
    const line = lines[n] ?? "";
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const level = indentOf(line);
    // A bracket that closes the block stands where the block's key does.
    if (level < indent || (level === indent && !/^[}\]],?$/.test(line.trim()))) break;
    last = n;
  }
  return last + 1;
}

/** A JSON pointer as keys. */
export const pointerKeys = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
