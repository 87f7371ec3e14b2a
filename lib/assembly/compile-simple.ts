import { checkConstant } from "./check-constants.ts";
import type { Context } from "./compile-list.ts";
import type {
  LogPolicy,
  ParsePolicy,
  Reference,
  SetAction,
  SetVariablePolicy,
  Target,
  ThrowPolicy,
  Value,
} from "./plan.ts";
import type { PolicyInput } from "./policy.schema.ts";
import { parsePath, parseTarget, Unreadable } from "./reference.ts";

type Plain<P> = Omit<P, "title" | "body">;

export function compileSetVariable(
  input: PolicyInput<"set-variable">,
  { report }: Context,
  pointer: string,
): Plain<SetVariablePolicy> {
  const actions = input.actions.flatMap((action, index): SetAction[] => {
    const at = `${pointer}/actions/${index}`;
    const kind = action.set !== undefined ? "set" : action.add !== undefined ? "add" : "clear";
    const target = writes(action[kind] ?? "", `${at}/${kind}`, report);
    if (!target) return [];
    if (kind === "clear") return [{ do: "clear", target }];
    const type = action.type ?? "string";
    const value = toValue(action.value ?? "", `${at}/value`, report);
    // What is added to a header is text, whatever its type.
    const isAdded = kind === "add" && target.scope === "message" && target.path[0] === "headers";
    if (!report.has(`${at}/value`)) checkConstant(target, isAdded ? "any" : type, value, `${at}/value`, report);
    return [{ do: kind, target, type, value }];
  });
  return { kind: "set-variable", actions };
}

/** A variable that a policy writes; undefined, with a finding, when it cannot be written. */
export function writes(text: string, pointer: string, report: Context["report"]): Target | undefined {
  const target = report.attempt("VARIABLE_INVALID", pointer, () => parseTarget(text, report.properties));
  if (target?.scope === "own") report.sets(target.path[0] ?? "");
  return target;
}

export function toValue(raw: string | number | boolean | null, pointer: string, report: Context["report"]): Value {
  return typeof raw === "string" ? { template: report.template(raw, pointer) } : { literal: raw };
}

export function compileThrow(input: PolicyInput<"throw">, { report }: Context, pointer: string): Plain<ThrowPolicy> {
  return {
    kind: "throw",
    name: input.name,
    message: report.template(String(input.message ?? ""), `${pointer}/message`),
    status: input["error-status-code"] ?? null,
    reason: input["error-status-reason"] ?? "",
  };
}

/** What `input: message` and `input: request` mean: their bodies. */
export function bodyOf(text: string, { report }: Context, pointer: string): Reference | undefined {
  if (text === "message" || text === "request") return { scope: text, path: ["body"] };
  return report.attempt("VARIABLE_INVALID", pointer, () => {
    const reference = report.reference(text, pointer);
    if (reference.scope === "own" && reference.path.length === 1)
      return { ...reference, path: [...reference.path, "body"] };
    return reference;
  });
}

export function compileParse(
  input: PolicyInput<"parse">,
  context: Context,
  pointer: string,
): Plain<ParsePolicy> | undefined {
  const from = bodyOf(input.input ?? "message", context, `${pointer}/input`);
  const output = input.output ?? "message";
  const target = writes(output === "message" ? "message.body" : `${output}.body`, `${pointer}/output`, context.report);
  if (!from || !target) return undefined;
  return { kind: "parse", input: from, output: target, useContentType: input["use-content-type"] === true };
}

export function compileLog(input: PolicyInput<"log">): Plain<LogPolicy> {
  // gather-only keeps what analytics records anyway, so nothing is written.
  const silent = input.mode === "gather-only";
  const level = input["log-level"] ?? "default";
  return { kind: "log", level: silent ? "none" : level === "default" ? "activity" : level };
}

/** A variable that an answer is put into: a name of its own. */
export function outputName(text: string, pointer: string, { report }: Context): string | undefined {
  return report.attempt("VARIABLE_INVALID", pointer, () => {
    const [name = "", ...rest] = parsePath(text);
    const target = parseTarget(name, report.properties);
    if (rest.length > 0 || target.scope !== "own") throw new Unreadable("The output is the name of a variable.");
    report.sets(name);
    return name;
  });
}
