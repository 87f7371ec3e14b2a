import type { CompiledAssembly, CompiledPolicy } from "#lib/assembly/plan.ts";
import { invoke } from "./policies/invoke.ts";
import { logPolicy } from "./policies/log.ts";
import { map } from "./policies/map.ts";
import { parse } from "./policies/parse.ts";
import { ratelimit } from "./policies/ratelimit.ts";
import { redact } from "./policies/redact.ts";
import { setVariable } from "./policies/set-variable.ts";
import type { Run, Step } from "./policies/step.ts";
import { operationSwitch, switchCase } from "./policies/switch.ts";
import { throwError } from "./policies/throw.ts";
import { validate } from "./policies/validate.ts";
import { runSteps } from "./run-steps.ts";

/** An assembly as functions; made once, when the API is loaded. */
export interface Program {
  plan: CompiledAssembly;
  execute: readonly Step[];
  catches: readonly { errors: readonly string[] | null; steps: readonly Step[] }[];
  last: readonly Step[];
}

/** Turns a plan into functions. Throws for one that this gateway does not understand: then the API is not served. */
export function compileProgram(plan: CompiledAssembly): Program {
  if (plan.format !== 1) throw new Error("the assembly's form is not known");
  return {
    plan,
    execute: makeSteps(plan.execute),
    catches: plan.catch.map(({ errors, execute }) => ({ errors, steps: makeSteps(execute) })),
    last: makeSteps(plan.finally),
  };
}

const makeSteps = (policies: readonly CompiledPolicy[]): readonly Step[] =>
  policies.map((policy) => ({ kind: policy.kind, title: policy.title, body: policy.body, run: runOf(policy) }));

function runOf(policy: CompiledPolicy): Run {
  switch (policy.kind) {
    case "set-variable":
      return setVariable(policy);
    case "invoke":
      return invoke(policy);
    case "switch":
      return switchCase(policy, makeSteps, runSteps);
    case "operation-switch":
      return operationSwitch(policy, makeSteps, runSteps);
    case "throw":
      return throwError(policy);
    case "parse":
      return parse(policy);
    case "map":
      return map(policy);
    case "validate":
      return validate(policy);
    case "ratelimit":
      return ratelimit(policy);
    case "redact":
      return redact(policy);
    case "log":
      return logPolicy(policy);
    default:
      throw new Error(`the policy ${(policy as { kind: string }).kind} is not known`);
  }
}
