import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contrast, type Oklch, parseOklch, tokensOf } from "./contrast.ts";

const css = readFileSync(new URL("../../app/tokens.css", import.meta.url), "utf8");
const themes = tokensOf(css);

const TEXT = 4.5;
const EDGE = 3;
const grounds = ["canvas", "surface", "raised", "sunken", "hover"];
const codes = ["c-key", "c-string", "c-number", "c-word", "c-dim"];
const methods = ["m-get", "m-post", "m-put", "m-patch", "m-delete", "m-other"];
const tints = ["accent-tint", "ok-tint", "warn-tint", "bad-tint", "info-tint", "idle-tint"];

/** foreground, grounds that it stands on, the ratio that WCAG 2.2 asks for. */
const pairs: [string, string[], number][] = [
  ["ink", [...grounds, ...tints], TEXT],
  ["ink-2", [...grounds, ...tints], TEXT],
  ["ink-3", [...grounds, "accent-tint", "warn-tint", "bad-tint", "ok-tint", "info-tint"], TEXT],
  ["accent", [...grounds, "accent-tint"], TEXT],
  ...["ok", "warn", "bad", "info"].map((tone): [string, string[], number] => [
    tone,
    [...grounds, `${tone}-tint`],
    TEXT,
  ]),
  ...[...codes, ...methods].map((name): [string, string[], number] => [name, ["canvas", "surface", "sunken"], TEXT]),
  ["accent-ink", ["accent", "accent-hover"], TEXT],
  ["bad-ink", ["bad-fill"], TEXT],
  ["lintel-ink", ["lintel", "lintel-2", "lintel-line"], TEXT],
  ["lintel-ink-2", ["lintel", "lintel-2"], TEXT],
  ["line-strong", ["canvas", "surface", "raised", "sunken"], EDGE],
  ["focus", ["canvas", "surface", "raised", "sunken"], EDGE],
  ["s-1", ["surface"], EDGE],
  ["s-2", ["surface"], EDGE],
  ["s-3", ["surface"], EDGE],
  ["s-4", ["surface"], EDGE],
  ["ok-solid", ["surface", "canvas"], EDGE],
  ["warn-solid", ["surface", "canvas", "warn-tint"], EDGE],
  ["bad-solid", ["surface", "canvas", "bad-tint"], EDGE],
];

for (const theme of ["light", "dark"] as const) {
  test.each(pairs)(`%s is readable on each of its grounds, ${theme}`, (name, on, least) => {
    const of = (token: string): Oklch => parseOklch(themes[theme].get(token) ?? `no token ${token}`);
    const low = on
      .map((ground) => ({ ground, ratio: contrast(of(name), of(ground)) }))
      .filter(({ ratio }) => ratio < least);
    expect(low).toEqual([]);
  });
}

test("the ratio of black to white is 21, and design.md's measured figures come out again", () => {
  expect(contrast({ l: 0, c: 0, h: 0 }, { l: 1, c: 0, h: 0 })).toBeCloseTo(21, 5);
  const of = (token: string): Oklch => parseOklch(themes.light.get(token) ?? "");
  expect(contrast(of("ink"), of("canvas"))).toBeCloseTo(15.0, 1);
  expect(contrast(of("line-strong"), of("surface"))).toBeCloseTo(3.6, 1);
});
