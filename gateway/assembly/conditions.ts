import { toText } from "#lib/assembly/message-values.ts";
import type { CallName, Comparison, Condition, Operand } from "#lib/assembly/plan.ts";
import type { Context } from "./context.ts";
import { type Read, reader } from "./variables.ts";

export type Test = (context: Context) => boolean;

/** A function for a condition. */
export function tester(condition: Condition): Test {
  switch (condition.op) {
    case "and": {
      const parts = condition.of.map(tester);
      return (context) => parts.every((part) => part(context));
    }
    case "or": {
      const parts = condition.of.map(tester);
      return (context) => parts.some((part) => part(context));
    }
    case "not": {
      const part = tester(condition.of);
      return (context) => !part(context);
    }
    case "truthy": {
      const read = operand(condition.of);
      return (context) => isTrue(read(context));
    }
    case "compare": {
      const compare = comparisons[condition.by];
      const [left, right] = [operand(condition.left), operand(condition.right)];
      if (!compare) throw new Error("the comparison is not known");
      return (context) => compare(left(context), right(context));
    }
    default:
      throw new Error("the condition is not known");
  }
}

const isTrue = (value: unknown): boolean => value !== "false" && value !== "0" && Boolean(value);

/** Numbers are compared as numbers also where they come as text: `$(request.parameters.n) > 5`. */
function bothNumbers(a: unknown, b: unknown): [number, number] | undefined {
  if (toText(a).trim() === "" || toText(b).trim() === "") return undefined;
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? undefined : [x, y];
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  // "1.0" is another text than "1"; beside a number it is the same number.
  const numbers = typeof a === "number" || typeof b === "number" ? bothNumbers(a, b) : undefined;
  if (numbers) return numbers[0] === numbers[1];
  // What is not there equals null and nothing else.
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  return toText(a) === toText(b);
}

const order = (a: unknown, b: unknown, holds: (x: number | string, y: number | string) => boolean): boolean => {
  if (a === undefined || a === null || b === undefined || b === null) return false;
  const numbers = bothNumbers(a, b);
  return numbers ? holds(numbers[0], numbers[1]) : typeof a === "string" && typeof b === "string" && holds(a, b);
};

const comparisons: Record<Comparison, (a: unknown, b: unknown) => boolean> = {
  "=": equal,
  "!=": (a, b) => !equal(a, b),
  "<": (a, b) => order(a, b, (x, y) => x < y),
  "<=": (a, b) => order(a, b, (x, y) => x <= y),
  ">": (a, b) => order(a, b, (x, y) => x > y),
  ">=": (a, b) => order(a, b, (x, y) => x >= y),
  in: (a, b) => (Array.isArray(b) ? b.some((item) => equal(a, item)) : equal(a, b)),
};

function operand(of: Operand): Read {
  if ("value" in of) return () => of.value;
  if ("reference" in of) return reader(of.reference);
  if ("list" in of) {
    const items = of.list.map(operand);
    return (context) => items.map((item) => item(context));
  }
  const items = of.of.map(operand);
  const call = calls[of.call];
  if (!call) throw new Error("the function is not known");
  return (context) => call(...items.map((item) => item(context)));
}

const calls: Record<CallName, (...of: unknown[]) => unknown> = {
  string: (value) => toText(value),
  number: (value) => (toText(value).trim() === "" ? Number.NaN : Number(value)),
  lowercase: (value) => toText(value).toLowerCase(),
  uppercase: (value) => toText(value).toUpperCase(),
  exists: (value) => value !== undefined && value !== null,
  contains: (value, part) =>
    Array.isArray(value) ? value.some((item) => equal(item, part)) : toText(value).includes(toText(part)),
  not: (value) => !isTrue(value),
};
