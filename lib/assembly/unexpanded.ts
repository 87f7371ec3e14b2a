import { isObject, toPointer } from "#lib/api-definition/json-pointer.ts";
import type { PolicyKind } from "./policy.schema.ts";
import type { Report } from "./report.ts";

/** `$(` where nobody reads it, whether it is closed or not. */
export const VARIABLE = /\$\(/;
export const NOT_EXPANDED =
  "A variable is not expanded here: it would be taken as it is written. Write the value itself, or take another policy.";

/**
 * Where variables are read, by the last name on the way to the text, and what is no text of the policy: other policies
 * below it, schemas, and words for people. All other text that holds a variable is refused.
 */
const READ: Record<PolicyKind, readonly string[]> = {
  "set-variable": ["value"],
  invoke: ["target-url", "username", "password"],
  switch: ["condition"],
  "operation-switch": [],
  throw: ["message"],
  parse: [],
  map: ["value", "from", "foreach"],
  validate: [],
  ratelimit: [],
  redact: [],
  log: [],
};
const NOT_OURS = new Set(["execute", "otherwise", "schema", "title", "description", "parse-settings-reference"]);
/** Properties that change nothing here, whatever they hold (policy.schema.ts). */
const IGNORED = /^(cache-|graphql-|backend-type$|compile-settings$|options$)/;

/** Reports every variable in a policy's text that would be taken as it is written. */
export function checkUnexpanded(kind: PolicyKind, raw: unknown, pointer: string, report: Report): void {
  const reported = report.violations.map((violation) => violation.pointer).filter((at) => at.startsWith(`${pointer}/`));
  const isReported = (at: string) => reported.some((known) => at === known || at.startsWith(`${known}/`));
  const queue: { value: unknown; pointer: string; name: string }[] = [{ value: raw, pointer, name: "" }];
  for (let one = queue.pop(); one; one = queue.pop()) {
    const { value, name } = one;
    if (typeof value === "string") {
      if (VARIABLE.test(value) && !READ[kind].includes(name) && !isReported(one.pointer))
        report.error("VARIABLE_INVALID", one.pointer, NOT_EXPANDED);
    } else if (Array.isArray(value)) {
      for (const [at, child] of value.entries()) queue.push({ value: child, pointer: `${one.pointer}/${at}`, name });
    } else if (isObject(value)) {
      for (const [key, child] of Object.entries(value)) {
        const at = `${one.pointer}${toPointer([key])}`;
        if (VARIABLE.test(key) && !NOT_OURS.has(name)) report.error("VARIABLE_INVALID", at, NOT_EXPANDED);
        if (!NOT_OURS.has(key) && !IGNORED.test(key)) queue.push({ value: child, pointer: at, name: key });
      }
    }
  }
}
