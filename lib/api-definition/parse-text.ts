import { CORE_SCHEMA, load, mergeTag, YAMLException } from "js-yaml";
import { LineCounter, parseDocument } from "yaml";
import type { Finding } from "./compiled.ts";
import { isObject, type JsonObject } from "./json-pointer.ts";

/** 5 MB: above every definition seen in the wild, below what a worker's memory bears. */
export const SOURCE_BYTES_MAX = 5 * 1024 * 1024;
/** Real definitions stay below 60 levels; every walker of ours and of the libraries is recursive (T16). */
export const DEPTH_MAX = 1_000;
/** Kubernetes has 130,000 values. More than this exists only by aliases of aliases (T15). */
const VALUES_MAX = 3_000_000;
const ALIASES_MAX = 10_000;

const schema = CORE_SCHEMA.withTags(mergeTag);

/** The text is refused: nothing in it can be worked with. `finding` says where and why. */
export class DefinitionRefused extends Error {
  readonly finding: Finding;
  constructor(code: string, message: string, at: { pointer?: string; line?: number; column?: number } = {}) {
    super(message);
    this.finding = {
      severity: "error",
      code,
      message,
      pointer: at.pointer ?? "",
      line: at.line ?? 1,
      column: at.column ?? 1,
    };
  }
}

export interface ParsedText {
  document: JsonObject;
  syntax: "json" | "yaml";
}

/** Editors of some systems put one in front; it is no part of the text. */
export const withoutByteOrderMark = (source: string): string =>
  source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;

/** The document of a JSON or YAML text. Throws DefinitionRefused with line and column when there is none. */
export function parseText(source: string): ParsedText {
  const text = withoutByteOrderMark(source);
  if (Buffer.byteLength(text) > SOURCE_BYTES_MAX) {
    throw new DefinitionRefused(
      "TOO_LARGE",
      "The text is larger than 5 MB. Move examples out of it, or split the API.",
    );
  }
  if (text.trim() === "") throw new DefinitionRefused("EMPTY", "There is no text. Paste an OpenAPI definition.");
  if (text.includes("\0"))
    throw new DefinitionRefused("NOT_TEXT", "The file holds NUL bytes, so it is not a text file in UTF-8.");
  const { value, syntax } = parseJson(text) ?? { value: parseYaml(text), syntax: "yaml" as const };
  if (!isObject(value)) {
    throw new DefinitionRefused(
      "NOT_OPENAPI",
      'The text is no OpenAPI definition: it has no "openapi" or "swagger" key.',
    );
  }
  refuseBombs(value);
  return { document: value, syntax };
}

function parseJson(text: string): { value: unknown; syntax: "json" } | null {
  try {
    return { value: JSON.parse(text), syntax: "json" };
  } catch {
    return null;
  }
}

function parseYaml(text: string): unknown {
  try {
    // `json: true` lets the last of two equal keys win, as JSON.parse does: one meaning for one text.
    return load(text, { schema, json: true, maxDepth: DEPTH_MAX, maxAliases: ALIASES_MAX });
  } catch (error) {
    if (!(error instanceof YAMLException) && !(error instanceof RangeError)) throw error;
    return parseLenientYaml(text);
  }
}

/** The slower parser accepts texts that the fast one refuses (Docker's own definition), and names the place of an error. */
function parseLenientYaml(text: string): unknown {
  const lines = new LineCounter();
  let problem: { message: string; offset: number } | undefined;
  try {
    const parsed = parseDocument(text, { lineCounter: lines, uniqueKeys: false, merge: true, prettyErrors: false });
    const [first] = parsed.errors;
    if (!first) return parsed.toJS({ maxAliasCount: 100 });
    problem = { message: first.message, offset: first.pos[0] };
  } catch (error) {
    // toJS refuses alias bombs, the composer runs out of stack on absurd nesting
    const message = error instanceof RangeError ? "it is nested too deeply" : (error as Error).message;
    problem = { message, offset: 0 };
  }
  const { line, col } = lines.linePos(problem.offset);
  throw new DefinitionRefused(
    "YAML_SYNTAX",
    `The text cannot be read as YAML or JSON: ${problem.message.replace(/\.$/, "")}.`,
    {
      line: Math.max(line, 1),
      column: Math.max(col, 1),
    },
  );
}

/** Counts what the document would be with every alias written out, each shared part counted once and then added. */
function refuseBombs(root: object): void {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const refuse = (why: string) => {
    throw new DefinitionRefused("TOO_COMPLEX", `The text is refused: ${why}.`);
  };
  const measure = (value: object, depth: number): number => {
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (depth > DEPTH_MAX) refuse("it is nested more than 1,000 levels deep");
    if (open.has(value)) refuse("an alias contains itself");
    open.add(value);
    let size = 1;
    for (const child of Object.values(value)) {
      size += typeof child === "object" && child !== null ? measure(child, depth + 1) : 1;
      if (size > VALUES_MAX) refuse("its aliases expand to more than 3,000,000 values");
    }
    open.delete(value);
    sizes.set(value, size);
    return size;
  };
  measure(root, 0);
}
