import findMyWay from "find-my-way";
import { log } from "#lib/log.ts";
import type { GatewayOperation } from "./model.ts";

/** Longest path segment that a template parameter matches; find-my-way's own 100 is too short for encoded identifiers. */
const PARAM_LENGTH_MAX = 500;

interface Fallback {
  pattern: RegExp;
  operation: GatewayOperation;
}

const PARAMETER = /\{[^{}/]*\}/g;
const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Regex source of one segment; parameters match lazily within it. */
const segmentPattern = (segment: string): string =>
  segment
    .split(PARAMETER)
    .map((text) => escapeRegex(text))
    .join("[^/]+?");

/**
 * A template in find-my-way's notation. Parameters are numbered, since their names may hold what ends a name there
 * ("{pet-id}"); a segment that mixes text and parameters becomes one parameter with an expression.
 */
function toFindMyWay(template: string): string {
  let count = 0;
  return template
    .split("/")
    .map((segment) => {
      if (!segment.includes("{")) return segment.replaceAll(":", "::");
      count += 1;
      return /^\{[^{}]*\}$/.test(segment) ? `:p${count}` : `:p${count}(^${segmentPattern(segment)}$)`;
    })
    .join("/");
}

/** Finds the operation of a method and a path below the base path. Built at the first call, then kept with the API. */
export class OperationRouter {
  readonly #operations: readonly GatewayOperation[];
  readonly #name: string;
  #tree: findMyWay.Instance<findMyWay.HTTPVersion.V1> | undefined;
  #fallbacks: Fallback[] = [];
  #methods: string[] = [];

  /** `name` is for the log. */
  constructor(operations: readonly GatewayOperation[], name: string) {
    this.#operations = operations;
    this.#name = name;
  }

  find(method: string, path: string): GatewayOperation | undefined {
    this.#tree ??= this.#build();
    const found = this.#tree.find(method as findMyWay.HTTPMethod, path)?.store as GatewayOperation | undefined;
    // find-my-way lets a parameter be empty: "/pets/" is no "/pets/{id}", and a backend may take it for "/pets".
    if (found && (!path.endsWith("/") || found.path.endsWith("/"))) return found;
    if (this.#fallbacks.length === 0) return undefined;
    return this.#fallbacks.find(({ pattern, operation }) => operation.method === method && pattern.test(path))
      ?.operation;
  }

  /** Methods that the path has, for `Allow`; empty when no operation has the path. */
  methodsOf(path: string): string[] {
    this.#tree ??= this.#build();
    return this.#methods.filter((method) => this.find(method, path) !== undefined);
  }

  #build(): findMyWay.Instance<findMyWay.HTTPVersion.V1> {
    const tree = findMyWay({ maxParamLength: PARAM_LENGTH_MAX });
    this.#methods = [...new Set(this.#operations.map((operation) => operation.method))].sort();
    for (const operation of this.#operations) {
      // "*" and a "?" at the end mean something to find-my-way, nothing in OpenAPI.
      const literal = /[*?]/.test(operation.path);
      try {
        if (literal) throw new Error("the template holds * or ?");
        tree.on(operation.method as findMyWay.HTTPMethod, toFindMyWay(operation.path), () => undefined, operation);
      } catch (error) {
        this.#fallbacks.push({
          operation,
          pattern: new RegExp(`^${operation.path.split("/").map(segmentPattern).join("/")}$`),
        });
        const reason = error instanceof Error ? error.message : "unknown";
        log.warn({ api: this.#name, operation: operation.key, reason }, "template matched one by one");
      }
    }
    return tree;
  }
}
