import type { Violation } from "#lib/api-definition/rules.ts";
import type { CompiledAssembly, Reference, Template } from "./plan.ts";
import { nameOf, parseReference, parseTemplate, Unreadable } from "./reference.ts";

type Code =
  | "ASSEMBLY_SHAPE"
  | "POLICY_UNKNOWN"
  | "POLICY_UNSUPPORTED"
  | "POLICY_INVALID"
  | "VARIABLE_INVALID"
  | "VARIABLE_UNSET"
  | "CONDITION_INVALID";

/** What is found while an assembly is compiled, and what its policies share. */
export class Report {
  readonly violations: (Violation & { code: Code })[] = [];
  readonly properties: ReadonlySet<string>;
  /** What variables hold that publishing knows, by `nameOf`: of properties the API's own value, then those of catalogs. */
  readonly #known: ReadonlyMap<string, readonly string[]>;
  /** Variables that policies set, and where each is read. */
  readonly #set = new Set<string>();
  readonly #read: { name: string; pointer: string }[] = [];

  constructor(properties: ReadonlyMap<string, readonly string[]>, api: CompiledAssembly["api"]) {
    this.properties = new Set(properties.keys());
    const { name, version, title, basePath } = api;
    this.#known = new Map([
      ...[...properties].map(([property, values]): [string, readonly string[]] => [`property.${property}`, values]),
      ...Object.entries({ name, version, title, root: basePath }).map(([part, value]): [string, readonly string[]] => [
        `api.${part}`,
        [value],
      ]),
    ]);
  }

  /** Every value that a variable can have, where that is known; undefined: calls and policies fill it in. */
  known(reference: Reference): readonly string[] | undefined {
    return this.#known.get(nameOf(reference));
  }

  /** Whether something is found wrong at exactly this place. */
  has(pointer: string): boolean {
    return this.violations.some((violation) => violation.pointer === pointer);
  }

  error(code: Code, pointer: string, message: string): void {
    this.violations.push({ severity: "error", code, pointer, message });
  }

  info(code: Code, pointer: string, message: string): void {
    this.violations.push({ severity: "info", code, pointer, message });
  }

  sets(name: string): void {
    this.#set.add(name);
  }

  /** Runs a parser; what it cannot read becomes a finding at `pointer`, and undefined. */
  attempt<T>(code: Code, pointer: string, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.error(code, pointer, error.message);
      return undefined;
    }
  }

  /** Reads the name of a variable and notes that it is read. Throws Unreadable. */
  reference(text: string, pointer: string): Reference {
    const reference = parseReference(text, this.properties);
    if (reference.scope === "own") this.#read.push({ name: reference.path[0] ?? "", pointer });
    return reference;
  }

  template(text: string, pointer: string): Template {
    const parse = () => parseTemplate(text, (name) => this.reference(name, pointer));
    return this.attempt("VARIABLE_INVALID", pointer, parse) ?? [];
  }

  /** A variable that no policy sets is a slip of the pen: it would be empty for ever. */
  checkReads(): void {
    for (const { name, pointer } of this.#read) {
      if (this.#set.has(name)) continue;
      this.error("VARIABLE_UNSET", pointer, `No policy sets the variable ${name}, and the API has no such property.`);
    }
  }
}
