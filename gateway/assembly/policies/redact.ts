import type { RedactPath, RedactPolicy } from "#lib/assembly/plan.ts";
import type { Context } from "../context.ts";
import { Body } from "../message.ts";
import { PolicyError } from "../policy-error.ts";
import { own } from "../values.ts";
import type { Run } from "./step.ts";

const STARS = "********";
/** Bodies nested deeper are refused: what is not looked at must not pass. */
const DEPTH_MAX = 500;

/** Removes fields of the message, or puts stars in their place. A body that is no JSON is a RedactionError: it cannot be looked at. */
export function redact({ redactions }: RedactPolicy): Run {
  const headers = redactions.filter(({ path }) => path.scope === "headers");
  const body = redactions.filter(({ path, message }) => path.scope === "body" && message);
  return (context) => {
    for (const { path, message, logs, remove } of headers) {
      const name = path.path[0] ?? "";
      if (logs) context.hidden.add(name.toLowerCase());
      if (!message || context.message.headers.get(name) === undefined) continue;
      if (remove) context.message.headers.clear(name);
      else context.message.headers.set(name, STARS);
    }
    if (body.length > 0 && context.message.body.length > 0) redactBody(context, body);
  };
}

function redactBody({ message }: Context, redactions: RedactPolicy["redactions"]): void {
  const value = message.body.json();
  if (value === undefined) throw new PolicyError(["RedactionError", "RuntimeError"], "the body is no JSON");
  let changed = false;
  for (const { path, remove } of redactions) changed = apply(value, path, remove) || changed;
  if (changed) message.replaceBody(Body.value(value));
}

function apply(value: unknown, { path, anywhere }: RedactPath, remove: boolean): boolean {
  const name = path.at(-1) ?? "";
  let changed = false;
  const cover = (holder: Record<string, unknown>) => {
    if (!Object.hasOwn(holder, name)) return;
    changed = true;
    if (remove) delete holder[name];
    else holder[name] = STARS;
  };
  /** Every object that the path leads to, through lists. */
  const reach = (current: unknown, at: number, depth: number): void => {
    if (depth > DEPTH_MAX) throw new PolicyError(["RedactionError", "RuntimeError"], "the body is nested too deep");
    if (typeof current !== "object" || current === null) return;
    const last = at >= path.length - 1;
    if (last && !Array.isArray(current)) cover(current as Record<string, unknown>);
    if (last && anywhere) {
      for (const child of Object.values(current)) reach(child, at, depth + 1);
      return;
    }
    if (Array.isArray(current)) for (const item of current) reach(item, at, depth + 1);
    else if (!last) reach(own(current, path[at] ?? ""), at + 1, depth + 1);
  };
  reach(value, 0, 0);
  return changed;
}
