import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { Finding } from "./compiled.ts";
import { fromPointer } from "./json-pointer.ts";
import { withoutByteOrderMark } from "./parse-text.ts";

/** 1-based. */
export interface Position {
  line: number;
  column: number;
}

/** The pair of a map whose key reads so; the last one, because that is the one that counts when there are two. */
export function findPair(map: unknown, key: string): Pair<Node, Node | null> | undefined {
  if (!isMap<Node, Node | null>(map)) return undefined;
  return map.items.findLast((pair) => isScalar(pair.key) && keyText(pair.key) === key);
}

const keyText = (key: { value: unknown; source?: string }): string =>
  typeof key.value === "string" ? key.value : String(key.value ?? key.source ?? "");

/**
 * Finds the places of JSON pointers in a text: of the key where there is one, of the nearest existing parent
 * otherwise. The text is parsed for positions only when the first pointer is asked for (1 to 2 s at 4 MB).
 */
export function locator(source: string): (pointer: string) => Position {
  const text = withoutByteOrderMark(source);
  let parsed: { root: unknown; lines: LineCounter } | undefined;
  return (pointer) => {
    if (pointer === "") return { line: 1, column: 1 };
    if (!parsed) {
      const lines = new LineCounter();
      parsed = {
        lines,
        root: parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false }).contents,
      };
    }
    const { line, col } = parsed.lines.linePos(offsetOf(parsed.root, fromPointer(pointer)));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
}

function offsetOf(root: unknown, keys: string[]): number {
  let node = root;
  let offset = 0;
  for (const key of keys) {
    if (isAlias(node)) break;
    const pair = findPair(node, key);
    const item = isSeq<Node>(node) ? node.items[Number(key)] : undefined;
    const found = pair?.key ?? item;
    if (!found?.range) break;
    offset = found.range[0];
    node = pair ? pair.value : item;
  }
  return offset;
}

/** Fills in line and column of findings that only have a pointer. */
export function withPositions(source: string, findings: Omit<Finding, "line" | "column">[]): Finding[] {
  const locate = locator(source);
  return findings.map((finding) => ({ ...finding, ...locate(finding.pointer) }));
}

/** The exact text of a plain scalar: YAML reads `version: 1.10` as the number 1.1. */
export function scalarText(source: string, keys: string[]): string | null {
  let node: unknown = parseDocument(withoutByteOrderMark(source), { uniqueKeys: false }).contents;
  for (const key of keys) node = findPair(node, key)?.value;
  return isScalar(node) ? (node.source ?? null) : null;
}
