import { isCollection, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import {
  columnOf,
  contentEnd,
  indentAt,
  isFlow,
  lineEnd,
  lineStart,
  needsLines,
  pairEnd,
  rangeOf,
  renderBlock,
  renderFlow,
  renderInline,
  renderKey,
  type Splice,
  type TextStyle,
} from "./splice.ts";

type Member = Pair<Node, Node | null>;

/** Where a node stands: the member that holds it, if one does, and whether braces or brackets are around it. */
export interface Place {
  pair: Member | undefined;
  inFlow: boolean;
}

/** Another value for a member, an item or the root. */
export function replaceValue(style: TextStyle, node: Node, { pair, inFlow }: Place, value: unknown): Splice {
  const [start] = rangeOf(node);
  const end = contentEnd(style, node);
  if (inFlow || style.json) {
    const multiline = style.json && style.text.includes("\n");
    return { start, end, text: renderFlow(style, value, indentAt(style.text, start), multiline) };
  }
  if (!pair) return { start, end, text: renderFlow(style, value, "", false) };
  const [keyStart, keyEnd] = rangeOf(pair.key);
  const indent = " ".repeat(columnOf(style.text, keyStart));
  const behindKey = style.text.indexOf(":", keyEnd) + 1;
  const onOwnLines = isCollection(node) && !isFlow(node);
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
export function appendMember(
  style: TextStyle,
  map: YAMLMap<Node, Node | null>,
  place: Place,
  key: string,
  value: unknown,
): Splice {
  const last = map.items.at(-1);
  if (isFlow(map) || style.json) {
    if (!style.json && !last && !place.inFlow && place.pair) return replaceValue(style, map, place, { [key]: value });
    const name = renderKey(style, key, last?.key);
    const ends: Ends | null = last ? { start: rangeOf(last.key)[0], end: pairEnd(style, last) } : null;
    return appendFlow(style, map, ends, (indent, many) => `${name}: ${renderFlow(style, value, indent, many)}`);
  }
  if (!last) return replaceValue(style, map, place, { [key]: value });
  const indent = " ".repeat(columnOf(style.text, rangeOf(last.key)[0]));
  const at = lineEnd(style.text, pairEnd(style, last));
  const name = renderKey(style, key);
  const text = needsLines(value)
    ? `${name}:${style.eol}${renderBlock(style, value, indent + stepFor(style, value))}`
    : `${name}: ${renderInline(style, value, indent)}`;
  return { start: at, end: at, text: style.eol + indent + text };
}

/** One more item at the end of a list. */
export function appendItem(style: TextStyle, seq: YAMLSeq<Node>, place: Place, value: unknown): Splice {
  const last = seq.items.at(-1);
  if (isFlow(seq) || style.json) {
    if (!style.json && !last && !place.inFlow && place.pair) return replaceValue(style, seq, place, [value]);
    const ends: Ends | null = last ? { start: rangeOf(last)[0], end: contentEnd(style, last) } : null;
    return appendFlow(style, seq, ends, (indent, many) => renderFlow(style, value, indent, many));
  }
  if (!last) return replaceValue(style, seq, place, [value]);
  const indent = " ".repeat(columnOf(style.text, rangeOf(seq)[0]));
  const at = lineEnd(style.text, contentEnd(style, last));
  return { start: at, end: at, text: style.eol + renderBlock(style, [value], indent) };
}

interface Ends {
  start: number;
  end: number;
}

function appendFlow(
  style: TextStyle,
  node: Node,
  last: Ends | null,
  render: (indent: string, multiline: boolean) => string,
): Splice {
  const [start, end] = rangeOf(node);
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
export function removeMember(style: TextStyle, map: YAMLMap<Node, Node | null>, pair: Member): Splice {
  const index = map.items.indexOf(pair);
  const starts = map.items.map((item) => rangeOf(item.key)[0]);
  const ends = map.items.map((item) => pairEnd(style, item));
  return removeEntry(style, map, index, starts, ends, "{}");
}

/** An item without its line; the list becomes [] when it was the only one. */
export function removeItem(style: TextStyle, seq: YAMLSeq<Node>, index: number): Splice {
  const starts = seq.items.map((item) => {
    const [start] = rangeOf(item);
    return isFlow(seq) ? start : style.text.lastIndexOf("-", start - 1);
  });
  const ends = seq.items.map((item) => contentEnd(style, item));
  return removeEntry(style, seq, index, starts, ends, "[]");
}

function removeEntry(
  style: TextStyle,
  node: Node,
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
  if (isFlow(node) || style.json) {
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

function emptied(style: TextStyle, node: Node, empty: string): Splice {
  const [start] = rangeOf(node);
  const end = contentEnd(style, node);
  if (isFlow(node)) return { start, end, text: empty };
  const before = style.text.slice(0, start);
  const onKeyLine = before.replace(/\s+$/, "");
  // Behind "key:" the empty collection moves up to the key's line; elsewhere it takes the place of its lines.
  return onKeyLine.endsWith(":") ? { start: onKeyLine.length, end, text: ` ${empty}` } : { start, end, text: empty };
}

/** Another key for a member; its value stays. */
export function renameMember(style: TextStyle, pair: Member, key: string): Splice {
  const [start, end] = rangeOf(pair.key);
  return { start, end, text: renderKey(style, key, pair.key) };
}
