import {
  columnOf,
  indentAt,
  lineEnd,
  lineStart,
  needsLines,
  pairEnd,
  renderBlock,
  renderFlow,
  renderInline,
  renderKey,
  type Splice,
  type TextStyle,
} from "./splice.ts";
import type { TextNode, TextPair } from "./text-node.ts";

/** Where a node stands: the member that holds it, if one does, and whether braces or brackets are around it. */
export interface Place {
  pair: TextPair | undefined;
  inFlow: boolean;
}

/** Another value for a member, an item or the root. */
export function replaceValue(style: TextStyle, node: TextNode, { pair, inFlow }: Place, value: unknown): Splice {
  const { start, end } = node;
  if (inFlow || style.json) {
    const multiline = style.json && style.text.includes("\n");
    return { start, end, text: renderFlow(style, value, indentAt(style.text, start), multiline) };
  }
  if (!pair) return { start, end, text: renderFlow(style, value, "", false) };
  const indent = " ".repeat(columnOf(style.text, pair.key.start));
  const behindKey = style.text.indexOf(":", pair.key.end) + 1;
  const onOwnLines = (node.kind === "map" || node.kind === "list") && !node.flow;
  if (needsLines(value)) {
    const lines = renderBlock(style, value, indent + stepFor(style, value));
    // Whatever stands between the key and its lines, such as a comment, stays there.
    if (onOwnLines) return { start: lineStart(style.text, start), end, text: lines };
    return { start: behindKey, end: Math.max(end, behindKey), text: style.eol + lines };
  }
  // A comment behind the old value would become part of a text of several lines.
  const behind = style.text.slice(end, lineEnd(style.text, end)).trim();
  const text =
    behind !== "" && typeof value === "string" && value.includes("\n")
      ? JSON.stringify(value)
      : renderInline(style, value, indent, node);
  if (onOwnLines || end <= start) return { start: behindKey, end: Math.max(end, behindKey), text: ` ${text}` };
  return { start, end, text };
}

/** Lists stand two columns in from their key whatever the file's unit, as most files have them. */
const stepFor = (style: TextStyle, value: unknown): string => (Array.isArray(value) ? "  " : style.unit);

/** One more member at the end of a map. */
export function appendMember(style: TextStyle, map: TextNode, place: Place, key: string, value: unknown): Splice {
  const last = map.pairs.at(-1);
  if (map.flow || style.json) {
    if (!style.json && !last && !place.inFlow && place.pair) return replaceValue(style, map, place, { [key]: value });
    const name = renderKey(style, key, last?.key);
    const ends: Ends | null = last ? { start: last.key.start, end: pairEnd(last) } : null;
    return appendFlow(style, map, ends, (indent, many) => `${name}: ${renderFlow(style, value, indent, many)}`);
  }
  if (!last) return replaceValue(style, map, place, { [key]: value });
  const indent = " ".repeat(columnOf(style.text, last.key.start));
  const at = lineEnd(style.text, pairEnd(last));
  const name = renderKey(style, key);
  const text = needsLines(value)
    ? `${name}:${style.eol}${renderBlock(style, value, indent + stepFor(style, value))}`
    : `${name}: ${renderInline(style, value, indent)}`;
  return { start: at, end: at, text: style.eol + indent + text };
}

/** One more item at the end of a list. */
export function appendItem(style: TextStyle, seq: TextNode, place: Place, value: unknown): Splice {
  const last = seq.items.at(-1);
  if (seq.flow || style.json) {
    if (!style.json && !last && !place.inFlow && place.pair) return replaceValue(style, seq, place, [value]);
    const ends: Ends | null = last ? { start: last.start, end: last.end } : null;
    return appendFlow(style, seq, ends, (indent, many) => renderFlow(style, value, indent, many));
  }
  if (!last) return replaceValue(style, seq, place, [value]);
  const indent = " ".repeat(columnOf(style.text, seq.start));
  const at = lineEnd(style.text, last.end);
  return { start: at, end: at, text: style.eol + renderBlock(style, [value], indent) };
}

interface Ends {
  start: number;
  end: number;
}

function appendFlow(
  style: TextStyle,
  node: TextNode,
  last: Ends | null,
  render: (indent: string, multiline: boolean) => string,
): Splice {
  const { start, end } = node;
  if (!last) {
    const multiline = style.json && style.text.includes("\n");
    const outer = indentAt(style.text, start);
    const inner = outer + style.unit;
    const text = multiline
      ? `${style.eol}${inner}${render(inner, true)}${style.eol}${outer}`
      : ` ${render("", false)} `;
    return { start: start + 1, end: end - 1, text };
  }
  const ownLine = style.text.slice(lineStart(style.text, last.start), last.start).trim() === "";
  const indent = indentAt(style.text, last.start);
  const text = ownLine ? `,${style.eol}${indent}${render(indent, true)}` : `, ${render(indent, false)}`;
  return { start: last.end, end: last.end, text };
}

/** A member without its line; the map becomes {} when it was the only one. */
export function removeMember(style: TextStyle, map: TextNode, pair: TextPair): Splice {
  const index = map.pairs.indexOf(pair);
  const starts = map.pairs.map((item) => item.key.start);
  const ends = map.pairs.map((item) => pairEnd(item));
  return removeEntry(style, map, index, starts, ends, "{}");
}

/** An item without its line; the list becomes [] when it was the only one. */
export function removeItem(style: TextStyle, seq: TextNode, index: number): Splice {
  const starts = seq.items.map((item) => {
    return seq.flow ? item.start : style.text.lastIndexOf("-", item.start - 1);
  });
  const ends = seq.items.map((item) => item.end);
  return removeEntry(style, seq, index, starts, ends, "[]");
}

function removeEntry(
  style: TextStyle,
  node: TextNode,
  index: number,
  starts: number[],
  ends: number[],
  empty: string,
): Splice {
  const start = starts[index] ?? 0;
  const end = ends[index] ?? start;
  const next = starts[index + 1];
  const previousEnd = ends[index - 1];
  if (starts.length === 1) return emptied(style, node, empty);
  if (node.flow || style.json) {
    if (next !== undefined) return { start, end: next, text: "" };
    return { start: previousEnd ?? start, end, text: "" };
  }
  const from = lineStart(style.text, start);
  // The first member of a list's item shares its line with the dash.
  if (style.text.slice(from, start).trim() !== "") return { start, end: next ?? end, text: "" };
  const to = lineEnd(style.text, end);
  const lineBreak = /^\r?\n/.exec(style.text.slice(to))?.[0].length ?? 0;
  return { start: from, end: to + lineBreak, text: "" };
}

function emptied(style: TextStyle, node: TextNode, empty: string): Splice {
  const { start, end } = node;
  if (node.flow) return { start, end, text: empty };
  const before = style.text.slice(0, start);
  const onKeyLine = before.replace(/\s+$/, "");
  // Behind "key:" the empty collection moves up to the key's line; elsewhere it takes the place of its lines.
  return onKeyLine.endsWith(":") ? { start: onKeyLine.length, end, text: ` ${empty}` } : { start, end, text: empty };
}

/** Another key for a member; its value stays. */
export function renameMember(style: TextStyle, pair: TextPair, key: string): Splice {
  const { start, end } = pair.key;
  return { start, end, text: renderKey(style, key, pair.key) };
}
