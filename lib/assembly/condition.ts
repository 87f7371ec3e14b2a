import type { CallName, Comparison, Condition, Operand, Reference } from "./plan.ts";
import { shown, Unreadable } from "./reference.ts";

const LENGTH_MAX = 4_000;
/** Of parentheses and negations; what is deeper was made to break a parser. */
const DEPTH_MAX = 40;

interface Token {
  kind: "text" | "number" | "variable" | "word" | "sign" | "end";
  text: string;
}

const SIGNS = ["===", "!==", "==", "!=", "<=", ">=", "&&", "||", "=", "<", ">", "!", "(", ")", "[", "]", ","];
const WORD = /[A-Za-z_$][A-Za-z0-9_$-]*(?:\.[A-Za-z0-9_$-]+|\[\d+\])*/y;
const NUMBER = /-?\d+(?:\.\d+)?/y;
const SPACE = /\s+/y;

/** Splits a condition. Every step takes at least one character, so the time is linear (T18). */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space) {
      at += space.length;
      continue;
    }
    const char = text[at] as string;
    if (char === "'" || char === '"') {
      const close = text.indexOf(char, at + 1);
      if (close < 0) throw new Unreadable(`${shown(text.slice(at))} is not closed.`);
      tokens.push({ kind: "text", text: text.slice(at + 1, close) });
      at = close + 1;
      continue;
    }
    if (text.startsWith("$(", at)) {
      const close = text.indexOf(")", at);
      if (close < 0) throw new Unreadable(`${shown(text.slice(at))} is not closed.`);
      tokens.push({ kind: "variable", text: text.slice(at + 2, close) });
      at = close + 1;
      continue;
    }
    const number = take(NUMBER);
    const word = number === undefined ? take(WORD) : undefined;
    const sign = SIGNS.find((one) => text.startsWith(one, at));
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else throw new Unreadable(`${shown(text.slice(at))} is not understood.`);
    at += tokens.at(-1)?.text.length ?? 1;
  }
  tokens.push({ kind: "end", text: "" });
  return tokens;
}

const COMPARISONS: Record<string, Comparison> = {
  "=": "=",
  "==": "=",
  "===": "=",
  "!=": "!=",
  "!==": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  in: "in",
};

/** Functions that API Connect's conditions have, as the variables that they stand for. */
const SHORTHANDS: Record<string, string> = {
  $httpVerb: "request.verb",
  $operationID: "api.operation.id",
  $operationPath: "api.operation.path",
  $statusCode: "message.status.code",
};
const CALLS: Record<string, { call: CallName; count: number }> = {
  $string: { call: "string", count: 1 },
  $number: { call: "number", count: 1 },
  $lowercase: { call: "lowercase", count: 1 },
  $uppercase: { call: "uppercase", count: 1 },
  $exists: { call: "exists", count: 1 },
  $contains: { call: "contains", count: 2 },
  $not: { call: "not", count: 1 },
};

/**
 * Reads a condition of API Connect: variables as `$(request.verb)` or bare, texts, numbers, `= == === != !== < <= > >= in`,
 * `and or not && || !`, parentheses, `$httpVerb()`, `$operationID()`, `$header("X")`, `$contains(a, b)` and the like, and
 * `apim.getvariable("…")`. Throws Unreadable; nothing else of JavaScript or JSONata is understood, so nothing can run.
 */
export function parseCondition(text: string, read: (name: string) => Reference): Condition {
  if (text.length > LENGTH_MAX) throw new Unreadable("The condition is too long.");
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at] as Token;
  const next = () => tokens[at++] as Token;
  const is = (...texts: string[]) => {
    const { kind, text: found } = peek();
    return (kind === "sign" || kind === "word") && texts.includes(found);
  };
  const expect = (sign: string) => {
    const found = next();
    if (found.kind !== "sign" || found.text !== sign) throw new Unreadable(`"${sign}" is missing${where(found)}.`);
  };
  const deeper = <T>(parse: () => T): T => {
    depth += 1;
    if (depth > DEPTH_MAX) throw new Unreadable("The condition is nested too deep.");
    const parsed = parse();
    depth -= 1;
    return parsed;
  };

  const list = (op: "and" | "or", signs: string[], part: () => Condition): Condition => {
    const of = [part()];
    while (is(...signs)) {
      next();
      of.push(part());
    }
    return of.length === 1 ? (of[0] as Condition) : { op, of };
  };
  const either = (): Condition => list("or", ["or", "||"], both);
  const both = (): Condition => list("and", ["and", "&&"], single);

  function comparison(): Comparison | undefined {
    const { kind, text: sign } = peek();
    return kind !== "text" && Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : undefined;
  }

  function single(): Condition {
    if (is("not", "!")) {
      next();
      return deeper(() => ({ op: "not", of: single() }));
    }
    if (is("(")) {
      // "(a = b)" is a condition, "(a) = b" an operand: the parenthesis is a condition unless a comparison follows it.
      const start = at;
      next();
      const inner = deeper(either);
      expect(")");
      if (comparison() === undefined) return inner;
      if (inner.op !== "truthy") throw new Unreadable("A condition cannot be compared.");
      at = start;
    }
    const left = operand();
    const by = comparison();
    if (by === undefined) return { op: "truthy", of: left };
    next();
    return { op: "compare", by, left, right: operand() };
  }

  function operand(): Operand {
    const token = next();
    switch (token.kind) {
      case "text":
        return { value: token.text };
      case "number":
        return { value: Number(token.text) };
      case "variable":
        return { reference: read(token.text) };
      case "word":
        return word(token.text);
      case "sign":
        if (token.text === "(") {
          const inner = deeper(operand);
          expect(")");
          return inner;
        }
        if (token.text === "[") return { list: deeper(() => operands("]")) };
    }
    throw new Unreadable(`Something to compare is missing${where(token)}.`);
  }

  function operands(close: string): Operand[] {
    const found: Operand[] = [];
    while (!is(close)) {
      if (found.length > 0) expect(",");
      found.push(operand());
    }
    next();
    return found;
  }

  function word(name: string): Operand {
    if (name === "true" || name === "false") return { value: name === "true" };
    if (name === "null") return { value: null };
    if (!is("(")) return { reference: read(name) };
    next();
    const of = deeper(() => operands(")"));
    const [only] = of;
    const text = only && "value" in only && of.length === 1 ? only.value : undefined;
    if (Object.hasOwn(SHORTHANDS, name) && of.length === 0) return { reference: read(SHORTHANDS[name] as string) };
    if (name === "apim.getvariable" && typeof text === "string") return { reference: read(text) };
    if (name === "$header" && typeof text === "string") return { reference: read(`request.headers.${text}`) };
    if (name === "$queryParameter" && typeof text === "string")
      return { reference: read(`request.parameters.${text}`) };
    const known = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
    if (known?.count === of.length) return { call: known.call, of };
    throw new Unreadable(`${name}(…) is no function of conditions.`);
  }

  const condition = either();
  if (peek().kind !== "end") throw new Unreadable(`Something is left over${where(peek())}.`);
  return condition;
}

const where = (token: Token): string => (token.kind === "end" ? " at the end" : ` before ${shown(token.text)}`);
