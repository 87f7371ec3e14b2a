import { member } from "#lib/api-definition/json-pointer.ts";
import { type Context, issues } from "./compile-list.ts";
import { parseCondition } from "./condition.ts";
import type { OperationSwitchPolicy, SwitchPolicy } from "./plan.ts";
import { operationCase, type PolicyInput, switchCase } from "./policy.schema.ts";
import { shown } from "./reference.ts";

export function compileSwitch(
  input: PolicyInput<"switch">,
  context: Context,
  pointer: string,
): Omit<SwitchPolicy, "title" | "body"> {
  const { report } = context;
  const compiled: Omit<SwitchPolicy, "title" | "body"> = { kind: "switch", cases: [], otherwise: [] };
  input.case.forEach((raw, index) => {
    const at = `${pointer}/case/${index}`;
    const parsed = switchCase.safeParse(raw);
    if (!parsed.success) {
      for (const issue of issues(parsed.error.issues, at)) report.error("POLICY_INVALID", issue.pointer, issue.message);
      return;
    }
    const { condition, execute, otherwise } = parsed.data;
    if (otherwise !== undefined) {
      compiled.otherwise = context.list(otherwise, `${at}/otherwise`);
      return;
    }
    if (condition === undefined) {
      report.error("POLICY_INVALID", at, "A case has a condition, or is the one with otherwise.");
      return;
    }
    const read = (name: string) => report.reference(name, `${at}/condition`);
    const when = report.attempt("CONDITION_INVALID", `${at}/condition`, () => parseCondition(condition, read));
    const list = context.list(execute, `${at}/execute`);
    if (when) compiled.cases.push({ when, execute: list });
  });
  return compiled;
}

export function compileOperationSwitch(
  input: PolicyInput<"operation-switch">,
  context: Context,
  pointer: string,
): Omit<OperationSwitchPolicy, "title" | "body"> {
  const { report } = context;
  const cases: OperationSwitchPolicy["cases"] = [];
  let otherwise = context.list(input.otherwise, `${pointer}/otherwise`);
  input.case.forEach((raw, index) => {
    const at = `${pointer}/case/${index}`;
    const parsed = operationCase.safeParse(raw);
    if (!parsed.success) {
      for (const issue of issues(parsed.error.issues, at)) report.error("POLICY_INVALID", issue.pointer, issue.message);
      return;
    }
    if (parsed.data.otherwise !== undefined) {
      otherwise = context.list(parsed.data.otherwise, `${at}/otherwise`);
      return;
    }
    const operations = (parsed.data.operations ?? []).flatMap((named, n) => {
      const keys = keysOf(named, context);
      if (keys.length === 0) {
        const text = typeof named === "string" ? named : `${named.verb ?? ""} ${named.path ?? named.operationID ?? ""}`;
        report.error("POLICY_INVALID", `${at}/operations/${n}`, `The API has no operation ${shown(text.trim())}.`);
      }
      return keys;
    });
    cases.push({ operations, execute: context.list(parsed.data.execute, `${at}/execute`) });
  });
  return { kind: "operation-switch", cases, otherwise };
}

type Named = string | { verb?: string | undefined; path?: string | undefined; operationID?: string | undefined };

function keysOf(named: Named, { operations }: Context): string[] {
  const { verb, path, operationID } = typeof named === "string" ? { operationID: named } : { ...named };
  return operations
    .filter(({ key, method, path: template, operation }) => {
      if (operationID !== undefined && operationID !== key && member(operation, "operationId") !== operationID)
        return false;
      return (verb === undefined || verb.toUpperCase() === method) && (path === undefined || path === template);
    })
    .map(({ key }) => key);
}
