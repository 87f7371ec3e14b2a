import { isHeaderValue, isReason, placeOf, statusOf, toText, typedValue, type ValueType } from "./message-values.ts";
import type { Target, Template, Value } from "./plan.ts";
import type { Report } from "./report.ts";

const NO_TYPE: Partial<Record<ValueType, string>> = {
  number: "The value is no number, so the policy would fail with each call.",
  boolean: "The value is neither true nor false, so the policy would fail with each call.",
};
const NO_PLACE = {
  header: "The value of a header holds no line breaks and no other control characters.",
  status: "The status of an answer is from 200 to 599.",
  reason: "The reason of an answer has at most 200 characters, printable ones of ASCII.",
};

/**
 * Refuses a value that can never stand where the policy puts it, as far as its text tells: a policy that fails with each
 * call is a slip of the pen. `type` is what the value is made before, "any" where it stays what it is.
 */
export function checkConstant(target: Target, type: ValueType, value: Value, pointer: string, report: Report): void {
  const texts = "literal" in value ? [value.literal] : knownTexts(value.template, report);
  const wrong = texts
    ? texts.map((text) => wrongWith(target, type, text))
    : [wrongParts(target, type, "template" in value ? value.template : [])];
  // Of several values of a property one that fits is enough: each catalog has its own.
  if (wrong.every((message) => message !== undefined)) report.error("POLICY_INVALID", pointer, wrong[0] ?? "");
}

/** All that a text can become when everything in it is known; undefined when it is not. */
function knownTexts(template: Template, report: Report): string[] | undefined {
  const parts = template.map((part) => (typeof part === "string" ? [part] : report.known(part)));
  if (!parts.every((values) => values !== undefined && values.length > 0)) return undefined;
  const most = Math.max(1, ...parts.map((values) => values?.length ?? 0));
  // Values of one catalog belong together: the first of each, the second of each, and so on.
  return Array.from({ length: most }, (_, at) =>
    parts.map((values) => values?.[Math.min(at, values.length - 1)]).join(""),
  );
}

/** What is wrong with a value at its place; undefined: nothing. */
function wrongWith(target: Target, type: ValueType, value: unknown): string | undefined {
  const typed = typedValue(value, type);
  if (!typed) return NO_TYPE[type];
  const place = placeOf(target);
  if (place === "header" && !isHeaderValue(toText(typed.value))) return NO_PLACE.header;
  if (place === "status" && statusOf(typed.value) === undefined) return NO_PLACE.status;
  if (place === "reason" && !isReason(toText(typed.value))) return NO_PLACE.reason;
  return undefined;
}

/** What a part of a number can be made of, hexadecimal ones too, and of "true" and "false". */
const IN_NUMBER = /^[\da-fox+\-.\s]*$/i;
/** What a status can begin with when a variable follows: "", "4", "40", "404", "404 Not ". */
const STATUS_BEGINS = /^\s*(?:(?:[2-5]\d?)?$|[2-5]\d\d(?!\w))/;

/** The same of text with variables in it that calls fill in: what its literal parts rule out. */
function wrongParts(target: Target, type: ValueType, template: Template): string | undefined {
  const literals = template.filter((part) => typeof part === "string");
  const [first] = template;
  const isNone = (text: string) => !["true", "false"].some((word) => word.includes(text.trim().toLowerCase()));
  if (type === "number" && !literals.every((text) => IN_NUMBER.test(text))) return NO_TYPE.number;
  if (type === "boolean" && literals.some(isNone)) return NO_TYPE.boolean;
  const place = placeOf(target);
  if (place === "status" && type === "boolean") return NO_PLACE.status;
  if (place === "status" && typeof first === "string" && !STATUS_BEGINS.test(first)) return NO_PLACE.status;
  if (place === "header" && !literals.every(isHeaderValue)) return NO_PLACE.header;
  if (place === "reason" && !isReason(literals.join(""))) return NO_PLACE.reason;
  return undefined;
}
