import findMyWay from "find-my-way";
import { log } from "#lib/log.ts";
import type { GatewayOperation } from "./model.ts";

/** Longest path segment that a template parameter matches; find-my-way's own 100 is too short for encoded identifiers. */
const PARAM_LENGTH_MAX = 500;
const PARAMETER = /\{[^{}]*\}/;

/** Paths are compared decoded, "%C3%A9" is "é". What does not decode is taken as it is. */
function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a segment mixes text and parameters ("{name}.json", "{id}:cancel", "Products({key})"). */
const isMixed = (segment: string): boolean => segment.includes("{") && !/^\{[^{}]*\}$/.test(segment);

/**
 * A template in find-my-way's notation. Parameters are numbered, since their names may hold what ends a name there
 * ("{pet-id}"). Only for templates of whole segments: an expression for a mixed one can take for ever (T18).
 */
const toFindMyWay = (template: string): string =>
  decoded(template)
    .split("/")
    .map((segment, i) => (segment.includes("{") ? `:p${i}` : segment.replaceAll(":", "::")))
    .join("/");

/** A template with mixed segments, or with characters that mean something to find-my-way. Matched one by one. */
interface Fallback {
  /** For each segment the texts around its parameters: "{a}-{b}" is ["", "-", ""]. */
  segments: string[][];
  operation: GatewayOperation;
}

/** Whether texts stand in the segment in order, each parameter between them at least one character long. Linear. */
function segmentMatches(texts: readonly string[], segment: string): boolean {
  const [first = "", ...rest] = texts;
  const last = rest.pop();
  if (last === undefined) return segment === first;
  if (!segment.startsWith(first)) return false;
  let at = first.length;
  // The leftmost place leaves the most for the rest, so nothing has to be tried twice.
  for (const text of rest) {
    const found = segment.indexOf(text, at + 1);
    if (found < 0) return false;
    at = found + text.length;
  }
  return segment.endsWith(last) && segment.length - last.length > at;
}

/** Text before mixed before parameters, segment by segment: the smaller word is the closer template. */
const rank = (template: string): string =>
  template
    .split("/")
    .map((segment) => (isMixed(segment) ? "1" : segment.includes("{") ? "2" : "0"))
    .join("");

/** Finds the operation of a method and a path below the base path. Built at the first call, then kept with the API. */
export class OperationRouter {
  readonly #operations: readonly GatewayOperation[];
  readonly #name: string;
  #tree: findMyWay.Instance<findMyWay.HTTPVersion.V1> | undefined;
  #fallbacks: Fallback[] = [];
  #methods: string[] = [];
  /** Segments of the deepest template, and characters of the longest segment: no other path is one of these (F3). */
  #depthMax = 0;
  #segmentMax = PARAM_LENGTH_MAX;

  /** `name` is for the log. */
  constructor(operations: readonly GatewayOperation[], name: string) {
    this.#operations = operations;
    this.#name = name;
  }

  find(method: string, path: string): GatewayOperation | undefined {
    this.#tree ??= this.#build();
    if (!this.#mayMatch(path)) return undefined;
    return this.#findIn(this.#tree, method, path);
  }

  /** Whether a path has a shape that a template has. Cheap, since whoever calls is not known yet. */
  #mayMatch(path: string): boolean {
    let depth = 1;
    let start = 0;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", start)) {
      depth += 1;
      if (depth > this.#depthMax || !this.#isShort(path, start, end)) return false;
      start = end + 1;
    }
    return this.#isShort(path, start, path.length);
  }

  #isShort(path: string, start: number, end: number): boolean {
    if (end - start <= this.#segmentMax) return true;
    // A character takes nine bytes percent-encoded; twelve make two.
    if (end - start > this.#segmentMax * 9) return false;
    return decoded(path.slice(start, end)).length <= this.#segmentMax;
  }

  #findIn(
    tree: findMyWay.Instance<findMyWay.HTTPVersion.V1>,
    method: string,
    path: string,
  ): GatewayOperation | undefined {
    const found = tree.find(method as findMyWay.HTTPMethod, path)?.store as GatewayOperation | undefined;
    // find-my-way lets a parameter be empty: "/pets/" is no "/pets/{id}", and a backend may take it for "/pets".
    const whole = found && (!path.endsWith("/") || found.path.endsWith("/")) ? found : undefined;
    return this.#fallbacks.length === 0 ? whole : this.#closest(whole, method, path);
  }

  #closest(whole: GatewayOperation | undefined, method: string, path: string): GatewayOperation | undefined {
    const segments = path.split("/").map(decoded);
    if (segments.some((segment) => segment.length > PARAM_LENGTH_MAX)) return whole;
    let best = whole;
    for (const { segments: texts, operation } of this.#fallbacks) {
      if (operation.method !== method || texts.length !== segments.length) continue;
      if (!texts.every((text, i) => segmentMatches(text, segments[i] ?? ""))) continue;
      if (!best || rank(operation.path) < rank(best.path)) best = operation;
    }
    return best;
  }

  /** Methods that the path has, for `Allow`; empty when no operation has the path. */
  methodsOf(path: string): string[] {
    this.#tree ??= this.#build();
    const tree = this.#tree;
    if (!this.#mayMatch(path)) return [];
    return this.#methods.filter((method) => this.#findIn(tree, method, path) !== undefined);
  }

  #build(): findMyWay.Instance<findMyWay.HTTPVersion.V1> {
    const tree = findMyWay({ maxParamLength: PARAM_LENGTH_MAX });
    this.#methods = [...new Set(this.#operations.map((operation) => operation.method))].sort();
    for (const operation of this.#operations) {
      const segments = operation.path.split("/");
      this.#depthMax = Math.max(this.#depthMax, segments.length);
      for (const segment of segments) this.#segmentMax = Math.max(this.#segmentMax, segment.length);
      // "*", "?" and what a segment mixes mean something else to find-my-way, or nothing.
      if (/[*?()]/.test(operation.path) || operation.path.split("/").some(isMixed)) {
        this.#fallBack(operation);
        continue;
      }
      try {
        tree.on(operation.method as findMyWay.HTTPMethod, toFindMyWay(operation.path), () => undefined, operation);
      } catch (error) {
        this.#fallBack(operation);
        const reason = error instanceof Error ? error.message : "unknown";
        log.warn(
          { api: this.#name, operation: operation.key, reason },
          "template not taken by the router, matched alone",
        );
      }
    }
    return tree;
  }

  #fallBack(operation: GatewayOperation): void {
    this.#fallbacks.push({
      operation,
      segments: decoded(operation.path)
        .split("/")
        .map((segment) => segment.split(PARAMETER)),
    });
  }
}
