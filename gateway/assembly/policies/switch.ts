import type { OperationSwitchPolicy, SwitchPolicy } from "#lib/assembly/plan.ts";
import { tester } from "../conditions.ts";
import type { MakeSteps, Run, RunSteps } from "./step.ts";

/** Runs the first case whose condition holds, else `otherwise`. */
export function switchCase({ cases, otherwise }: SwitchPolicy, make: MakeSteps, run: RunSteps): Run {
  const compiled = cases.map(({ when, execute }) => ({ holds: tester(when), steps: make(execute) }));
  const rest = make(otherwise);
  return (context) => run(context, compiled.find(({ holds }) => holds(context))?.steps ?? rest);
}

/** Runs the case of the operation that was called, else `otherwise`. */
export function operationSwitch({ cases, otherwise }: OperationSwitchPolicy, make: MakeSteps, run: RunSteps): Run {
  const byKey = new Map<string, ReturnType<MakeSteps>>();
  for (const { operations, execute } of cases) {
    const steps = make(execute);
    for (const key of operations) if (!byKey.has(key)) byKey.set(key, steps);
  }
  const rest = make(otherwise);
  return (context) => run(context, byKey.get(context.call.operation?.key ?? "") ?? rest);
}
