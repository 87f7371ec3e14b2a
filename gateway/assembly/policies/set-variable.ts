import { toText, typedValue, type ValueType } from "#lib/assembly/message-values.ts";
import type { SetAction, SetVariablePolicy } from "#lib/assembly/plan.ts";
import type { Context } from "../context.ts";
import { propertyError } from "../policy-error.ts";
import { reader, remover, valueReader, writer } from "../variables.ts";
import type { Run } from "./step.ts";

/** Sets, adds and clears, in the order of the actions (S95 to S99). */
export function setVariable({ actions }: SetVariablePolicy): Run {
  const compiled = actions.map(compile);
  return (context) => {
    for (const act of compiled) act(context);
  };
}

function compile(action: SetAction): (context: Context) => void {
  if (action.do === "clear") return remover(action.target);
  const { target, type } = action;
  const read = valueReader(action.value);
  const write = writer(target);
  if (action.do === "set") return (context) => write(context, typed(read(context), type));
  if (target.scope === "message" && target.path[0] === "headers") {
    return (context) => context.message.headers.add(target.path[1] ?? "", toText(read(context)));
  }
  const known = reader(target);
  return (context) => {
    const before = known(context);
    const value = typed(read(context), type);
    // The second value makes a list of it.
    write(
      context,
      before === undefined || before === "" ? value : [...(Array.isArray(before) ? before : [before]), value],
    );
  };
}

function typed(value: unknown, type: ValueType): unknown {
  const found = typedValue(value, type);
  if (!found) throw propertyError(`the value is no ${type}`);
  return found.value;
}
