import type { Finding } from "./compiled.ts";
import { fromPointer } from "./json-pointer.ts";
import { withoutByteOrderMark } from "./parse-text.ts";
import type { TextNode, TextPair } from "./text-node.ts";
import { textTree } from "./text-tree.ts";

/** 1-based. */
export interface Position {
  line: number;
  column: number;
}

/** The pair of a map whose key reads so; the last one, because that is the one that counts when there are two. */
export const findPair = (node: TextNode, name: string): TextPair | undefined =>
  node.pairs.findLast((pair) => pair.name === name);

/**
 * Finds the places of JSON pointers in a text: of the key where there is one, of the nearest existing parent
 * otherwise. The text is parsed for positions only when the first pointer is asked for.
 */
export function locator(source: string): (pointer: string) => Position {
  const text = withoutByteOrderMark(source);
  let root: TextNode | null | undefined;
  return (pointer) => {
    if (pointer === "") return { line: 1, column: 1 };
    if (root === undefined) root = textTree(text);
    return positionOf(text, root ? offsetOf(root, fromPointer(pointer)) : 0);
  };
}

function offsetOf(root: TextNode, keys: string[]): number {
  let node = root;
  let offset = 0;
  for (const key of keys) {
    const pair = findPair(node, key);
    const next = pair?.value ?? node.items[Number(key)];
    if (!next) break;
    offset = (pair?.key ?? next).start;
    node = next;
  }
  return offset;
}

function positionOf(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** Fills in line and column of findings that only have a pointer. */
export function withPositions(source: string, findings: Omit<Finding, "line" | "column">[]): Finding[] {
  const locate = locator(source);
  return findings.map((finding) => ({ ...finding, ...locate(finding.pointer) }));
}

/** The exact text of a scalar: YAML reads `version: 1.10` as the number 1.1. */
export function scalarText(source: string, keys: string[]): string | null {
  const text = withoutByteOrderMark(source);
  let node: TextNode | null | undefined = textTree(text);
  for (const key of keys) node = node && findPair(node, key)?.value;
  return node?.kind === "scalar" ? text.slice(node.start, node.end) : null;
}
