import { refuseWith } from "#gateway/answer/refusal.ts";
import type { ParsePolicy } from "#lib/assembly/plan.ts";
import { Body } from "../message.ts";
import { PolicyError } from "../policy-error.ts";
import { reader, writer } from "../variables.ts";
import { bodyOf } from "./body-of.ts";
import type { Run } from "./step.ts";

/** Reads a body as JSON, so that later policies work on its members. A body that is none is a ParseError. */
export function parse({ input, output, useContentType }: ParsePolicy): Run {
  const read = bodyOf(input);
  const write = writer(output);
  const inPlace = input.scope === "message" && output.scope === "message";
  const contentType = reader({ scope: "message", path: ["headers", "content-type"] });
  return (context) => {
    if (useContentType && !/[/+]json\b/i.test(String(contentType(context) ?? ""))) return;
    const body = read(context);
    if (body.length === 0) return;
    const value = body.json();
    if (value === undefined) {
      throw new PolicyError(["ParseError", "BadRequestError", "RuntimeError"], "the body is no JSON", {
        toClient: context.answered
          ? refuseWith("BACKEND_INVALID", "The backend's answer is no JSON")
          : refuseWith("REQUEST_INVALID", "The request's body is no JSON"),
      });
    }
    if (inPlace) context.message.body = Body.value(value);
    else write(context, value);
  };
}
