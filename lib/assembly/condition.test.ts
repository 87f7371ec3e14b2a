import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCondition } from "./condition.ts";
import { parseReference, parseTemplate, Unreadable } from "./reference.ts";

const read = (name: string) => parseReference(name, new Set());
const parse = (text: string) => parseCondition(text, read);
const verb = { reference: { scope: "request", path: ["verb"] } };
const isGet = { op: "compare", by: "=", left: verb, right: { value: "GET" } };

describe("the forms in which API Connect writes one condition", () => {
  test.each([
    "$(request.verb) = 'GET'",
    'request.verb === "GET"',
    "request.verb=='GET'",
    "$httpVerb() = 'GET'",
    "($httpVerb() = 'GET')",
    "((request.verb) = ('GET'))",
    "apim.getvariable('request.verb') === 'GET'",
  ])("%s", (text) => {
    expect(parse(text)).toEqual(isGet);
  });

  test("and binds closer than or, not closer than both", () => {
    const a = { op: "truthy", of: { reference: { scope: "own", path: ["a"] } } };
    expect(parse("a or a and not a")).toEqual({ op: "or", of: [a, { op: "and", of: [a, { op: "not", of: a }] }] });
    expect(parse("a || a && !a")).toEqual(parse("a or a and not a"));
    expect(parse("(a or a) and a")).toEqual({ op: "and", of: [{ op: "or", of: [a, a] }, a] });
  });

  test("lists, numbers, functions and headers", () => {
    expect(parse("message.status.code in [200, 201]")).toMatchObject({
      by: "in",
      right: { list: [{ value: 200 }, {}] },
    });
    expect(parse("$statusCode() >= 400")).toMatchObject({ by: ">=", right: { value: 400 } });
    expect(parse('$header("X-Kind") = "a"')).toMatchObject({ left: { reference: { path: ["headers", "X-Kind"] } } });
    expect(parse("$lowercase(request.parameters.q) = 'x'")).toMatchObject({ left: { call: "lowercase" } });
    expect(parse("$operationID() != 'getPet'")).toMatchObject({ left: { reference: { path: ["operation", "id"] } } });
    expect(parse("request.content-type = 'text/plain'")).toMatchObject({
      left: { reference: { path: ["content-type"] } },
    });
  });
});

describe("whatever is written", () => {
  const piece = fc.oneof(
    fc.constantFrom("(", ")", "$(", "'", '"', "=", "==", "!", "and", "or", "not", "in", "[", "]", ",", "request.verb"),
    fc.constantFrom(
      "__proto__",
      "constructor",
      "toString",
      "$not",
      "apim.getvariable",
      "1",
      "-2.5",
      " ",
      ".",
      "\\",
      "a.b",
    ),
    fc.string({ maxLength: 5 }),
  );

  test("a condition is understood, or refused with words (T17, T18)", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          expect(parse(pieces.join(""))).toHaveProperty("op");
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("a template keeps its text, and is split or refused with words", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join("");
        try {
          const names: string[] = [];
          const template = parseTemplate(text, (name) => {
            names.push(name);
            return read(name);
          });
          const again = template.map((part) => (typeof part === "string" ? part : `$(${names.shift()})`)).join("");
          expect(again).toBe(text);
          for (const part of template) {
            if (typeof part !== "string") expect(part.path).not.toContain("__proto__");
          }
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("text without variables is one piece", () => {
    expect(parseTemplate("plain $ text (here)", read)).toEqual(["plain $ text (here)"]);
    expect(parseTemplate("", read)).toEqual([]);
  });

  test("what is nested too deep, or too long, is refused before it costs anything", () => {
    for (const text of ["(".repeat(3_000), "!".repeat(3_000), `${"[".repeat(3_000)}`, "a".repeat(5_000)]) {
      expect(() => parse(text)).toThrow(Unreadable);
    }
  });
});
