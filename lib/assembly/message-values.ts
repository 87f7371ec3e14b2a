import type { SetAction, Target } from "./plan.ts";

// What may stand where in a message. The gateway asks it of each value while a call waits; publishing asks it of those
// that are known by then, so that no API is published whose policy fails with each call.

export type ValueType = Extract<SetAction, { type: unknown }>["type"];

/** Text of a value in a template: nothing for nothing, JSON for what is no scalar. */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The value as one of the type; undefined when it is none. */
export function typedValue(value: unknown, type: ValueType): { value: unknown } | undefined {
  switch (type) {
    case "any":
      return { value };
    case "string":
      return { value: toText(value) };
    case "number": {
      const number = toText(value).trim() === "" ? Number.NaN : Number(value);
      return Number.isFinite(number) ? { value: number } : undefined;
    }
    case "boolean": {
      const text = toText(value).trim().toLowerCase();
      return text === "true" || text === "false" ? { value: text === "true" } : undefined;
    }
  }
}

/** The status of an answer, also of a text such as "404 Not Found"; undefined when it is none. 1xx are no answers. */
export function statusOf(value: unknown): number | undefined {
  const code = typeof value === "string" ? Number(/^\s*(\d{3})\b/.exec(value)?.[1]) : Number(value);
  return Number.isInteger(code) && code >= 200 && code <= 599 ? code : undefined;
}

/** A reason of an answer (RFC 9112 4), of a length that nobody minds. */
export const isReason = (text: string): boolean => /^[\t\x20-\x7e]{0,200}$/.test(text);

/** Control characters in a header's value would end it and begin another (T9). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;
export const isHeaderValue = (text: string): boolean => !CONTROL.test(text);

/** Where a value goes, as far as it matters which it is. */
export function placeOf({ scope, path: [first, second] }: Target): "header" | "status" | "reason" | "anywhere" {
  if (scope !== "message") return "anywhere";
  if (first === "headers") return "header";
  if (first !== "status") return "anywhere";
  return second === "code" ? "status" : "reason";
}
