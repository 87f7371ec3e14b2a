import { holdCheckedBody, textOf } from "#gateway/admission/read-body.ts";
import { type Refused, refuseWith } from "#gateway/answer/refusal.ts";
import type { ANSWERED, Call } from "#gateway/call.ts";
import { eachParameter, parameterValue } from "#gateway/query.ts";
import type { GatewayOperation } from "#gateway/snapshot/model.ts";
import type { Cause } from "#lib/errors/refusals.ts";
import type { CompiledBody, CompiledParameter } from "#lib/validation/compiled-validation.ts";
import { type PathPattern, pathPattern, pathValues } from "#lib/validation/path-values.ts";
import { mediaFor, type RequestValidator, type RequestViolation } from "#lib/validation/request-validator.ts";

/**
 * Holds parameters and body against the definition, where the API asks for it (`x-portico.validate-request`): 400
 * REQUEST_INVALID with the place and what must be there, 413 BODY_TOO_LARGE for a body that is too large to check.
 */
export function validateRequest(call: Call): Refused | undefined | Promise<Refused | typeof ANSWERED | undefined> {
  const { api, operation } = call;
  if (!api?.validator || !operation) return undefined;
  const violation = api.validator.parameters(operation.key, parameterReader(call, operation));
  if (violation) return invalid(violation, "parameter-invalid");
  const body = api.validator.body(operation.key);
  if (body === null) return undefined;
  if (call.contentLength !== 0) return validateBody(call, api.validator, operation.key, body);
  return body.required ? invalid({ pointer: "/body", message: "is missing" }, "body-missing") : undefined;
}

const invalid = ({ pointer, message }: RequestViolation, cause: Cause): Refused =>
  refuseWith("REQUEST_INVALID", `${pointer} ${message}`, undefined, cause);

async function validateBody(
  call: Call,
  validator: RequestValidator,
  key: string,
  body: CompiledBody,
): Promise<Refused | typeof ANSWERED | undefined> {
  const contentType = headerValues(call, "content-type").join(", ");
  const media = mediaFor(body, contentType);
  if (media === null) {
    const types = body.content.map(({ type }) => type).join(", ");
    return invalid(
      { pointer: "/body", message: `must have one of the content types ${types}` },
      "content-type-unknown",
    );
  }
  if (media.schema === null) return undefined;
  const held = await holdCheckedBody(call);
  if (!Buffer.isBuffer(held)) return held;
  if (held.length === 0) {
    return body.required ? invalid({ pointer: "/body", message: "is missing" }, "body-missing") : undefined;
  }
  const text = await textOf(call, held, headerValues(call, "content-encoding").join(","));
  if (typeof text !== "string") return text;
  const violation = validator.content(key, media, text);
  return violation ? invalid(violation, "body-invalid") : undefined;
}

/** Values of a header, in order; empty when it did not come. */
function headerValues({ names, req }: Call, lower: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < names.length; i += 1) {
    if (names[i]?.lower === lower) values.push(req.rawHeaders[i * 2 + 1] as string);
  }
  return values;
}

/** Templates taken apart, once for each operation of the snapshot. */
const patterns = new WeakMap<GatewayOperation, PathPattern>();

function patternOf(operation: GatewayOperation): PathPattern {
  const known = patterns.get(operation);
  if (known) return known;
  const made = pathPattern(operation.path);
  patterns.set(operation, made);
  return made;
}

function parameterReader(call: Call, operation: GatewayOperation): (parameter: CompiledParameter) => readonly string[] {
  const path = pathValues(patternOf(operation), call.pathBelow);
  const query = new Map<string, string[]>();
  if (call.query !== "") {
    eachParameter(call.query, (name, text) => {
      const values = query.get(name);
      if (values) values.push(parameterValue(text));
      else query.set(name, [parameterValue(text)]);
    });
  }
  return ({ name, in: place }) => {
    if (place === "query") return query.get(name) ?? [];
    if (place === "header") return headerValues(call, name.toLowerCase());
    const value = path.get(name);
    return value === undefined ? [] : [value];
  };
}
