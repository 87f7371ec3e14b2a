import { isDeepStrictEqual } from "node:util";
import { AppError } from "#lib/errors/app-error.ts";
import type { DefinitionEdit } from "./compiled.ts";
import { applyToValue } from "./edit-value.ts";
import { fromPointer, toPointer } from "./json-pointer.ts";
import { findPair } from "./locate.ts";
import { DefinitionRefused, parseText, withoutByteOrderMark } from "./parse-text.ts";
import { type Splice, styleOf, type TextStyle } from "./splice.ts";
import {
  appendItem,
  appendMember,
  type Place,
  removeItem,
  removeMember,
  renameMember,
  replaceValue,
} from "./splice-node.ts";
import type { TextNode } from "./text-node.ts";
import { textTree } from "./text-tree.ts";

/**
 * The text with the edits made by replacing only what they touch: comments, key order, quoting and every other line
 * stay as they are. The result is read again and must mean exactly what was asked for, else INPUT_INVALID.
 */
export function editDefinition(source: string, edits: readonly DefinitionEdit[]): string {
  if (edits.length === 0) return source;
  const mark = source.length - withoutByteOrderMark(source).length;
  const parsed = parseText(source);
  const wanted = edits.reduce<unknown>(applyToValue, structuredClone(parsed.document));
  let text = source.slice(mark);
  const rest = [...edits];
  while (rest.length > 0) text = applySome(text, rest, parsed.syntax === "json");
  const result = source.slice(0, mark) + text;
  if (!means(result, wanted)) throw notEditable();
  return result;
}

function means(text: string, wanted: unknown): boolean {
  try {
    return isDeepStrictEqual(parseText(text).document, wanted);
  } catch (error) {
    if (error instanceof DefinitionRefused) return false;
    throw error;
  }
}

const notEditable = (): AppError =>
  new AppError("INPUT_INVALID", {
    detail: "This part of the definition is written in a way that the form cannot change. Edit it in the source.",
  });

/** Makes as many edits as one parse serves: up to the first that touches what an earlier one changed. */
function applySome(text: string, rest: DefinitionEdit[], json: boolean): string {
  const style = styleOf(text, json);
  const root = textTree(text);
  if (!root) throw notEditable();
  const splices: Splice[] = [];
  const touched: string[] = [];
  for (let edit = rest[0]; edit; edit = rest[0]) {
    const { pointer } = edit;
    if (touched.some((done) => `${pointer}/`.startsWith(`${done}/`))) break;
    const made = spliceFor(style, root, edit);
    // Two splices that meet, such as two new members at the end of one map, need a parse between them.
    if (made && splices.some((s) => s.start <= made.splice.end && made.splice.start <= s.end)) break;
    if (made) splices.push(made.splice);
    touched.push(made?.changed ?? pointer);
    rest.shift();
  }
  splices.sort((a, b) => b.start - a.start);
  return splices.reduce((t, s) => t.slice(0, s.start) + s.text + t.slice(s.end), text);
}

/** The splice of one edit, and the pointer below which nothing is any more what this parse has read. */
function spliceFor(style: TextStyle, root: TextNode, edit: DefinitionEdit): { splice: Splice; changed: string } | null {
  const keys = fromPointer(edit.pointer);
  let node = root;
  let place: Place = { pair: undefined, inFlow: false };
  for (const [depth, key] of keys.entries()) {
    if (node.kind === "alias" || node.anchored) throw notEditable();
    const last = depth === keys.length - 1;
    const here = toPointer(keys.slice(0, depth));
    const below = toPointer(keys.slice(0, depth + 1));
    const pair = findPair(node, key);
    const child = pair?.value ?? node.items[Number(key)];
    if (!child) {
      if (edit.op !== "set") return null;
      const value = nest(keys.slice(depth + 1), edit.value);
      if (node.kind === "map") return { splice: appendMember(style, node, place, key, value), changed: below };
      if (node.kind === "list") return { splice: appendItem(style, node, place, value), changed: below };
      // `components:` with nothing behind it, or a scalar in the way
      return { splice: replaceValue(style, node, place, nest(keys.slice(depth), edit.value)), changed: here };
    }
    place = { pair, inFlow: place.inFlow || node.flow };
    if (last) {
      // Removing an item moves those behind it, renaming a member moves what is below it.
      const changed = edit.op === "set" ? below : here;
      return { splice: finish(style, node, place, child, Number(key), edit), changed };
    }
    node = child;
  }
  throw notEditable();
}

function finish(
  style: TextStyle,
  parent: TextNode,
  place: Place,
  child: TextNode,
  index: number,
  edit: DefinitionEdit,
): Splice {
  const { pair } = place;
  if (edit.op === "rename") {
    if (!pair) throw notEditable();
    return renameMember(style, pair, edit.key);
  }
  if (edit.op === "set") {
    if (child.kind === "alias") throw notEditable();
    return replaceValue(style, child, place, edit.value);
  }
  return pair ? removeMember(style, parent, pair) : removeItem(style, parent, index);
}

/** The value below the members that do not exist yet; a key of digits starts a list. */
function nest(keys: string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => (/^\d+$/.test(key) ? [inner] : { [key]: inner }), value);
}
