import { stringify } from "yaml";
import type { TextNode, TextPair } from "./text-node.ts";

/** Replace text[start, end) by `text`. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** What rendering needs to know about the text around. */
export interface TextStyle {
  text: string;
  json: boolean;
  eol: string;
  /** One level of indentation. */
  unit: string;
}

export function styleOf(text: string, json: boolean): TextStyle {
  const indented = /\n([ \t]+)\S/.exec(text)?.[1];
  return { text, json, eol: text.includes("\r\n") ? "\r\n" : "\n", unit: indented?.slice(0, 8) ?? "  " };
}

/** Offset behind a pair's content. */
export const pairEnd = ({ key, value }: TextPair): number => Math.max(key.end, value.end);

export const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end === -1) return text.length;
  return text[end - 1] === "\r" && end > offset ? end - 1 : end;
}

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** The white space that a line starts with. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

/** A value as flow text (JSON is also YAML); on several lines where the JSON text around is. */
export function renderFlow(style: TextStyle, value: unknown, indent: string, multiline: boolean): string {
  if (!style.json)
    return stringify(value, { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: true }).trim();
  if (!multiline) return JSON.stringify(value);
  return JSON.stringify(value, null, style.unit).replaceAll("\n", style.eol + indent);
}

/** A value as YAML block lines, each behind `indent`, without a line break at the end. */
export function renderBlock(style: TextStyle, value: unknown, indent: string): string {
  const text = stringify(value, {
    lineWidth: 0,
    indent: style.unit.startsWith(" ") ? Math.min(style.unit.length, 8) : 2,
  });
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => (line === "" ? line : indent + line))
    .join(style.eol);
}

/** A key as the text's other keys are written. */
export function renderKey(style: TextStyle, key: string, like?: TextNode): string {
  if (style.json) return JSON.stringify(key);
  if (like && like.quote === '"') return JSON.stringify(key);
  if (like && like.quote === "'") return `'${key.replaceAll("'", "''")}'`;
  return stringify(key, { lineWidth: 0 }).trim();
}

/** Whether a value needs lines of its own in block style. */
export const needsLines = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

/** A scalar, or an empty collection, on one line; a text of several lines becomes a block of its own behind `indent`. */
export function renderInline(style: TextStyle, value: unknown, indent: string, like?: TextNode): string {
  if (style.json) return JSON.stringify(value);
  if (typeof value === "string" && !value.includes("\n")) {
    if (like && like.quote === '"') return JSON.stringify(value);
    if (like && like.quote === "'") return `'${value.replaceAll("'", "''")}'`;
  }
  if (typeof value === "string" && value.includes("\n")) {
    const lines = stringify({ k: value }, { lineWidth: 0, indent: 2, blockQuote: "literal" })
      .replace(/^k: /, "")
      .replace(/\n$/, "");
    return lines
      .split("\n")
      .map((line, n) => (n === 0 || line === "" ? line : indent + style.unit + line.slice(2)))
      .join(style.eol);
  }
  return stringify(value, { lineWidth: 0 }).trim();
}
