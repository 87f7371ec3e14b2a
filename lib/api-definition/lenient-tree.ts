import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { newNode, type TextNode } from "./text-node.ts";

const QUOTES: Record<string, TextNode["quote"]> = {
  QUOTE_DOUBLE: '"',
  QUOTE_SINGLE: "'",
  BLOCK_LITERAL: "block",
  BLOCK_FOLDED: "block",
};

/** The tree of a text that only the lenient parser reads, such as Docker's definition. */
export function lenientTree(text: string): TextNode | null {
  const root = parseDocument(text, { uniqueKeys: false, merge: true }).contents;
  return root ? convert(text, root as Node, 0) : null;
}

function convert(text: string, node: Node | null, behind: number): TextNode {
  const start = node?.range?.[0] ?? behind;
  const end = node?.range?.[1] ?? start;
  if (!node || isAlias(node)) return newNode(node ? "alias" : "scalar", start, end);
  if (isScalar(node)) {
    const made = newNode("scalar", start, start + text.slice(start, end).trimEnd().length);
    return { ...made, anchored: node.anchor !== undefined, quote: QUOTES[node.type ?? ""] ?? "" };
  }
  const made = newNode(isMap(node) ? "map" : "list", start, end);
  made.flow = (isMap(node) || isSeq(node)) && node.flow === true;
  made.anchored = (isMap(node) || isSeq(node)) && node.anchor !== undefined;
  if (isMap<Node, Node | null>(node)) {
    for (const { key, value } of node.items) {
      const keyNode = convert(text, key, start);
      const colon = text.indexOf(":", keyNode.end);
      const name = isScalar(key) ? String(key.value ?? key.source ?? "") : "";
      made.pairs.push({ name, key: keyNode, value: convert(text, value, colon === -1 ? keyNode.end : colon + 1) });
    }
  } else if (isSeq<Node>(node)) {
    made.items = node.items.map((item) => convert(text, item, start));
  }
  const last = made.pairs.at(-1)?.value ?? made.items.at(-1);
  if (!made.flow && last) made.end = Math.max(last.end, made.pairs.at(-1)?.key.end ?? 0);
  return made;
}
