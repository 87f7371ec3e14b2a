import { describe, expect, test } from "vitest";
import { z } from "zod";
import { json, name, shownLine, text } from "./text.schema.ts";

const messageOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

describe("text that comes from outside", () => {
  const half = "a\ud800b";

  test.each([
    ["U+0000", "a\0b"],
    ["the first half of a surrogate pair", half],
    ["its second half", "\udc00"],
    ["a pair the wrong way round", "\udc00\ud800"],
  ])("with %s is refused beside its field, wherever text is read (F61)", (_what, value) => {
    for (const schema of [text(), text().trim().max(100), name(), text().default(""), json()]) {
      expect(messageOf(schema, value)).toMatch(/^This holds a character that cannot be stored/);
    }
    expect(json().safeParse({ a: [{ b: value }] }).success).toBe(false);
    expect(json().safeParse({ [value]: 1 }).success).toBe(false);
    expect(z.record(text(), text()).safeParse({ [value]: "" }).success).toBe(false);
  });

  test.each([
    ["several lines and tabs", "a\n\tb"],
    ["an emoji", "👩‍👩‍👧 a"],
    ["a direction mark", "שלום\u200f!"],
    ["nothing", ""],
  ])("with %s passes as it is", (_what, value) => {
    expect(text().parse(value)).toBe(value);
    expect(json().parse({ a: value })).toEqual({ a: value });
  });
});

describe("names", () => {
  test.each([
    ["zero-width spaces", "\u200b\u200b"],
    ["a zero-width joiner", "\u200d"],
    ["a word joiner and a byte order mark", "\u2060\ufeff"],
    ["soft hyphens", "\u00ad"],
    ["Hangul fillers", "\u3164\u115f\uffa0"],
    ["variation selectors", "\ufe0f\u{e0100}"],
    ["tags", "\u{e0041}\u{e007f}"],
    ["the blank of Braille", "\u2800"],
    ["a combining mark on nothing", "\u0301"],
    ["invisible operators", "\u2062\u2064"],
  ])("of %s only are refused (F61)", (_what, value) => {
    expect(messageOf(name().min(1, "Enter a name"), value)).toMatch(/can be seen|Enter a name/);
    expect(messageOf(name(), ` ${value} `)).toMatch(/can be seen/);
    expect(shownLine(value)).toBe("");
  });

  test.each([
    ["an override", "Acme\u202etset"],
    ["an isolate", "\u2066Acme\u2069"],
    ["a mark", "Acme\u200f"],
    ["a letter mark", "\u061cAcme"],
    ["a line break", "Ac\nme"],
    ["an escape", "\u001b[31mAcme"],
    ["a line separator", "Ac\u2028me"],
    ["a next line", "Ac\u0085me"],
  ])("with %s are refused, and shown without it where a definition has them (F61)", (_what, value) => {
    expect(messageOf(name(), value)).toMatch(/control characters/);
    expect(shownLine(value)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
    expect(shownLine(value)).toMatch(/Ac ?me/);
  });

  test.each(["Acme", "汇率", "می‌خواهم", "क्‍ष", "👩‍👩‍👧", "A–Z & Co.", "1", "é", "e\u0301", "ﷺ", "☃️"])(
    "such as %s pass",
    (value) => {
      expect(name().min(1).parse(` ${value} `)).toBe(value);
      expect(shownLine(value)).toBe(value);
    },
  );

  test("that may be left out may be empty", () => {
    expect(name().default("").parse(undefined)).toBe("");
    expect(name().parse("  ")).toBe("");
  });
});
