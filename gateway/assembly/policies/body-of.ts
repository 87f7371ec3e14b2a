import { toText } from "#lib/assembly/message-values.ts";
import type { Reference } from "#lib/assembly/plan.ts";
import type { Context } from "../context.ts";
import { Body, Message } from "../message.ts";
import { reader } from "../variables.ts";

/** The body that a policy takes as its input: of the message, of the request, or what a variable holds. */
export function bodyOf({ scope, path }: Reference): (context: Context) => Body {
  const whole = path.length <= (scope === "own" ? 2 : 1);
  if (scope === "request" && whole) return ({ requestBody }) => requestBody;
  if (scope === "message" && whole) return ({ message }) => message.body;
  const read = reader({ scope, path: scope === "own" ? path.slice(0, 1) : path });
  return (context) => {
    const held = scope === "own" ? context.variables.get(path[0] ?? "") : undefined;
    if (held instanceof Message) return held.body;
    const value = read(context);
    return typeof value === "object" && value !== null
      ? Body.value(value)
      : Body.bytes(Buffer.from(toText(value), "utf8"));
  };
}
