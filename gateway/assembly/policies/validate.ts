import { refuseWith } from "#gateway/answer/refusal.ts";
import type { ValidatePolicy } from "#lib/assembly/plan.ts";
import { compileSchema, type JsonSchema, type Validate } from "#lib/validation/compile-schema.ts";
import { PolicyError } from "../policy-error.ts";
import { bodyOf } from "./body-of.ts";
import type { Run } from "./step.ts";

/** Checks a body against its schema, compiled when the API was loaded. What is wrong is told with its place, never the value. */
export function validate({ input, schemas }: ValidatePolicy): Run {
  const read = bodyOf(input);
  const compiled = new Map<string, Validate>();
  for (const [key, schema] of Object.entries(schemas)) compiled.set(key, compileSchema(schema as JsonSchema));
  return (context) => {
    const key = context.call.operation?.key ?? "";
    const { status } = context.message;
    const check =
      compiled.get("") ?? compiled.get(key) ?? compiled.get(`${key} ${status}`) ?? compiled.get(`${key} default`);
    if (!check) return;
    const value = read(context).json();
    const [first] = value === undefined ? [{ pointer: "", message: "is no JSON" }] : check(value);
    if (!first) return;
    const detail = `The body${first.pointer === "" ? "" : ` at ${first.pointer}`} ${first.message}`;
    throw new PolicyError(["ValidateError", "BadRequestError"], detail, {
      // What a backend answered wrongly is not the client's to know.
      toClient: context.answered
        ? refuseWith("BACKEND_INVALID", "The backend's answer does not match the API's definition")
        : refuseWith("REQUEST_INVALID", detail),
    });
  };
}
