import { z } from "zod";
import { checkConstant } from "./check-constants.ts";
import { type Context, issues } from "./compile-list.ts";
import { toValue, writes } from "./compile-simple.ts";
import { isHeaderValue, placeOf } from "./message-values.ts";
import type { Json, MapAction, MapPolicy, Reference, Target, Template, Value } from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";
import { parsePath, shown, Unreadable } from "./reference.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const action = z.strictObject({
  set: z.string().optional(),
  create: z.string().optional(),
  from: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
  value: scalar.optional(),
  default: z.unknown().optional(),
  foreach: z.string().optional(),
  actions: z.array(z.unknown()).optional(),
});
type Action = z.infer<typeof action>;

/** Properties of API Connect's map that only concern XML, or how strictly schemas are read. */
const TOLERATED =
  /^(version|title|description|inputs|outputs|actions|options|map[A-Z]\w*|includeEmptyXMLElements|namespaceInheritance|inlineNamespaces|messagesInputData)$/;

/** The item of the foreach around, whatever the list is called. */
const ITEM = "$item";

/** Where an action stands: below which list, and what `set` is relative to. */
interface Place {
  /** Text of the foreach around, null at the top. */
  list: string | null;
  /** Text of the `set` around. */
  into: string | null;
}

export function compileMap(
  input: PolicyInput<"map">,
  context: Context,
  pointer: string,
): Omit<MapPolicy, "title" | "body"> {
  const { report } = context;
  for (const key of Object.keys(input)) {
    if (!TOLERATED.test(key))
      report.error("POLICY_INVALID", `${pointer}/${key}`, `${shown(key)} is no property of map that Portico knows.`);
  }
  const compiled: Omit<MapPolicy, "title" | "body"> = { kind: "map", inputs: {}, outputs: {}, actions: [] };
  const inputs = new Map<string, Reference>();
  for (const [name, { variable, content }] of Object.entries(input.inputs)) {
    const at = `${pointer}/inputs/${name}`;
    refuseXml(content, at, context);
    const reference = report.attempt("VARIABLE_INVALID", `${at}/variable`, () => {
      parsePath(name);
      return report.reference(variable, `${at}/variable`);
    });
    if (reference) inputs.set(name, reference);
  }
  const outputs = new Map<string, MapPolicy["outputs"][string]>();
  for (const [name, { variable, content }] of Object.entries(input.outputs)) {
    const at = `${pointer}/outputs/${name}`;
    refuseXml(content, at, context);
    if (content && !isHeaderValue(content))
      report.error("POLICY_INVALID", `${at}/content`, "A media type holds no control characters.");
    const target = writes(variable, `${at}/variable`, report);
    report.attempt("VARIABLE_INVALID", at, () => parsePath(name));
    if (target) outputs.set(name, { target, contentType: content || "application/json" });
  }
  compiled.inputs = Object.fromEntries(inputs);
  compiled.outputs = Object.fromEntries(outputs);
  const names = { inputs: new Set(Object.keys(input.inputs)), outputs: new Set(Object.keys(input.outputs)) };
  const compiler = new ActionCompiler(context, names, outputs);
  compiled.actions = compiler.list(input.actions, `${pointer}/actions`, { list: null, into: null });
  for (const [name, { target }] of outputs) {
    if (placeOf(target) !== "status" || compiler.whole.has(name)) continue;
    const why = `A status is one value, no object: it takes an action with set: ${name}.`;
    report.error("POLICY_INVALID", `${pointer}/outputs/${name}/variable`, why);
  }
  return compiled;
}

function refuseXml(content: string | undefined, pointer: string, { report }: Context): void {
  if (content && /xml/i.test(content))
    report.error("POLICY_INVALID", `${pointer}/content`, "XML is not mapped, only JSON.");
}

const DEPTH_MAX = 10;

class ActionCompiler {
  readonly #context: Context;
  readonly #names: { inputs: ReadonlySet<string>; outputs: ReadonlySet<string> };
  readonly #outputs: ReadonlyMap<string, { target: Target }>;
  /** Outputs that an action sets as a whole. */
  readonly whole = new Set<string>();
  #depth = 0;

  constructor(
    context: Context,
    names: { inputs: ReadonlySet<string>; outputs: ReadonlySet<string> },
    outputs: ReadonlyMap<string, { target: Target }>,
  ) {
    this.#context = context;
    this.#names = names;
    this.#outputs = outputs;
  }

  list(raw: readonly unknown[], pointer: string, place: Place): MapAction[] {
    const { report } = this.#context;
    if (this.#depth >= DEPTH_MAX) {
      report.error("POLICY_INVALID", pointer, `Actions are nested more than ${DEPTH_MAX} deep.`);
      return [];
    }
    this.#depth += 1;
    const compiled = raw.flatMap((one, index) => {
      const at = `${pointer}/${index}`;
      const parsed = action.safeParse(one);
      if (parsed.success)
        return report.attempt("VARIABLE_INVALID", at, () => this.#action(parsed.data, at, place)) ?? [];
      for (const issue of issues(parsed.error.issues, at)) report.error("POLICY_INVALID", issue.pointer, issue.message);
      return [];
    });
    this.#depth -= 1;
    return compiled;
  }

  #action(input: Action, pointer: string, place: Place): MapAction {
    const into = input.set ?? input.create;
    if (into === undefined || (input.set !== undefined && input.create !== undefined)) {
      throw new Unreadable("An action has either set or create.");
    }
    const foreach = input.foreach === undefined ? null : this.#source(input.foreach, pointer, place);
    const below: Place = { list: input.foreach ?? place.list, into };
    const sources = foreach ? below : place;
    const compiled: MapAction = {
      set: this.#into(into, place),
      from: (input.from ?? []).map((text) => this.#source(text, pointer, sources)),
      value: input.value === undefined ? null : this.#value(input.value, `${pointer}/value`, sources),
      ...(input.default !== undefined && { fallback: input.default as Json }),
      foreach,
      actions: input.actions ? this.list(input.actions, `${pointer}/actions`, below) : [],
    };
    if (compiled.actions.length > 0 && !foreach) throw new Unreadable("Actions below an action need a foreach.");
    if (place.list === null && compiled.set.length === 1) this.#checkWhole(compiled, pointer);
    return compiled;
  }

  /** A value that an output can never take. */
  #checkWhole({ set: [name = ""], value, fallback, foreach }: MapAction, pointer: string): void {
    const { report } = this.#context;
    const target = this.#outputs.get(name)?.target;
    this.whole.add(name);
    if (!target || foreach) return;
    const isEmpty = value !== null && "template" in value && value.template.every((part) => part === "");
    // The default stands in for a text that is empty.
    if (value && !(isEmpty && fallback !== undefined)) checkConstant(target, "any", value, `${pointer}/value`, report);
    if (fallback !== undefined) checkConstant(target, "any", { literal: fallback }, `${pointer}/default`, report);
  }

  /** `output.a.b` as written; below a foreach the part in the item, with or without the path of the list in front. */
  #into(text: string, { list, into }: Place): string[] {
    if (list !== null && into !== null) {
      const inner = text.startsWith(`${into}.`) ? text.slice(into.length + 1) : text;
      return parsePath(inner.replace(/^\$item\./, "item.").replace(/^item\.(?=.)/, ""));
    }
    const [name = "", ...path] = parsePath(text);
    if (!this.#names.outputs.has(name)) throw new Unreadable(`${shown(text)} begins with no output of the map.`);
    return [name, ...path];
  }

  /** `input.a.b`, `$item.b`, `$(request.verb)`, and below a foreach a path in the item. */
  #source(text: string, pointer: string, { list }: Place): Reference {
    const name = text.trim().replace(/^\$\(([^()]*)\)$/, "$1");
    if (list !== null) {
      const inner = name === list ? "" : name.startsWith(`${list}.`) ? name.slice(list.length + 1) : undefined;
      if (inner === "" || name === ITEM) return { scope: "input", path: [ITEM] };
      if (inner !== undefined) return { scope: "input", path: [ITEM, ...parsePath(inner)] };
      if (name.startsWith(`${ITEM}.`))
        return { scope: "input", path: [ITEM, ...parsePath(name.slice(ITEM.length + 1))] };
    }
    if (/^[1-9]\d?$/.test(name)) return { scope: "input", path: ["$from", name] };
    const [first = "", ...rest] = name.split(".");
    if (this.#names.inputs.has(first.replace(/\[\d+\]$/, ""))) {
      return { scope: "input", path: parsePath([first, ...rest].join(".")) };
    }
    return this.#context.report.reference(name, pointer);
  }

  /** A literal, text with variables, or texts and variables joined by "+". */
  #value(raw: z.infer<typeof scalar>, pointer: string, place: Place): Value {
    if (typeof raw !== "string") return { literal: raw };
    const read = (text: string) => this.#source(text, pointer, place);
    const joined = concatenation(raw, read);
    if (joined) return { template: joined };
    if (/^\s*["']/.test(raw) || /\)\s*(\.\s*[A-Za-z_]\w*|[+*/-]|\?)/.test(raw)) {
      throw new Unreadable("Values join texts in quotes and variables with +; other expressions are not run.");
    }
    if (!raw.includes("$(")) return toValue(raw, pointer, this.#context.report);
    return { template: template(raw, read) };
  }
}

const PIECE = /\s*(?:"([^"]*)"|'([^']*)'|\$\(([^()]*)\))\s*/y;

/** `"Hello " + $(input.name)`, or one of its pieces alone; null when it is no such expression. */
function concatenation(text: string, read: (name: string) => Reference): Template | null {
  const found: Template = [];
  let at = 0;
  for (;;) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text);
    if (!piece) return null;
    const [whole, double, single, variable] = piece;
    const quoted = double ?? single ?? "";
    if (variable === undefined && quoted.includes("$(")) {
      throw new Unreadable("A variable in quotes is not expanded: join it with +, as in 'Hello ' + $(input.name).");
    }
    found.push(variable === undefined ? quoted : read(variable));
    at += whole.length;
    if (at >= text.length) return found;
    if (text[at] !== "+") return null;
    at += 1;
  }
}

function template(text: string, read: (name: string) => Reference): Template {
  const found: Template = [];
  for (const piece of text.split(/(\$\([^()]*\))/)) {
    const variable = /^\$\(([^()]*)\)$/.exec(piece);
    if (variable) found.push(read(variable[1] ?? ""));
    else if (piece.includes("$(")) throw new Unreadable(`${shown(piece)} is not closed.`);
    else if (piece !== "") found.push(piece);
  }
  return found;
}
