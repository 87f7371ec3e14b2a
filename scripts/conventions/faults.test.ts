import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { patternsOfSteps, testSources, whyNotRun } from "./run-tests.ts";

const closed = [1, 52].flatMap((first) => Array.from({ length: first === 1 ? 20 : 35 }, (_, i) => `F${first + i}`));
const sources = testSources();
const patterns = await patternsOfSteps();

const cellsOf = (line: string) => line.split(/(?<!\\)\|/).map((cell) => cell.trim());
const titlesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");

/** What is wrong with rows of `| F12 | … | \`title\`<br>\`title\` | … | … |`. */
function lackingOf(markdown: string, expected: string[], files = sources): string[] {
  const rows = markdown.split("\n").filter((line) => /^\| *F\d/.test(line));
  const faults = rows.map((row) => cellsOf(row)[1] ?? "");
  return [
    ...expected.filter((fault) => !faults.includes(fault)).map((fault) => `${fault} has no row`),
    ...faults.filter((fault) => !expected.includes(fault)).map((fault) => `${fault} is none of these rows`),
    ...faults.filter((fault, at) => faults.indexOf(fault) !== at).map((fault) => `${fault} has two rows`),
    ...rows.flatMap((row) => {
      const [, fault = "", ...cells] = cellsOf(row).slice(0, -1);
      const titles = titlesIn(cells[1] ?? "");
      const filled = cells.length === 4 && cells.every((cell) => cell !== "") && titles.length > 0;
      return [
        ...(filled ? [] : [`${fault} has an empty cell`]),
        ...titles.flatMap((title) => {
          const named = new RegExp(`\\b${fault}\\b`).test(title);
          const why = named ? whyNotRun(title, files, patterns) : "does not name the row";
          return why === null ? [] : [`${fault}: "${title}": ${why}`];
        }),
      ];
    }),
  ];
}

describe("the table of mended faults", () => {
  it("has every row once, every cell filled, and names tests that are run", () => {
    expect(lackingOf(readFileSync("docs/contract/faults.md", "utf8"), closed)).toEqual([]);
  });

  const title = 'it is "so" (F14)';
  const row = `| F14 | it was not so | \`${title}\` | another | seen |`;
  const path = "gateway/conformance/planted.spec.ts";
  const lacking = (markdown: string, text = `test('${title}', () => {`.replaceAll("'", '"'), at = path) =>
    lackingOf(markdown, ["F14"], [{ path: at, text }]);

  it.each([
    ["that is missing", "", "F14 has no row"],
    ["that stands twice", `${row}\n${row}`, "F14 has two rows"],
    ["that is not its own", `${row}\n${row.replaceAll("F14", "F21")}`, "F21 is none of these rows"],
    ["without a word of the fault", row.replace("it was not so", " "), "F14 has an empty cell"],
    ["without tests", row.replace(`\`${title}\``, ""), "F14 has an empty cell"],
    ["without another input", row.replace("another", ""), "F14 has an empty cell"],
    ["without how it was seen", row.replace("| seen ", ""), "F14 has an empty cell"],
    ["whose test names another", row.replace("(F14)", "(F145)"), "does not name the row"],
    ["whose test is called otherwise", row.replace("it is", "is"), "no test is called so"],
  ])("would tell of a row %s", (_what, markdown, told) => {
    expect(lacking(row)).toEqual([]);
    expect(lacking(markdown).join("\n")).toContain(told);
  });

  it("tells tests that run from those that do not, however they are laid out", () => {
    const runs = (text: string) => lacking(row, text.replaceAll("TITLE", title)).length === 0;
    const told = (all: string[]) => all.map((text) => [text, runs(text)]);
    const run = [
      'test("TITLE", async () => {',
      'describe("a", () => {\n  test.each([\n    [1, "b"],\n  ])(\n    "TITLE",',
      'it.each<[string, number]>([\n  ["a", 1],\n])("TITLE", async () => {',
      'describe.each([1])("a", () => {\n  const b = 1;\n\n  test.skipIf(!redis)("TITLE", async () => {',
      "test.skipIf(!prlimit)(\n  `TITLE$".concat("{prlimit ? '' : ' (no prlimit)'}`,"),
    ];
    const unrun = [
      'test.skip("TITLE", async () => {',
      'test.concurrent.skip("TITLE", async () => {',
      'it.skip.each([\n  1,\n])("TITLE", async () => {',
      'test.runIf(isFull)(\n  "TITLE",',
      'describe.skip("a", () => {\n  describe("b", () => {\n    const c = 1;\n    test("TITLE", () => {',
      'describe("a", () => {\n  test.todo(\n    "TITLE",',
      'test.fixme("TITLE", async () => {',
      '// test("TITLE", () => {',
      'const title = "TITLE";',
    ];
    expect(told(run)).toEqual(run.map((text) => [text, true]));
    expect(told(unrun)).toEqual(unrun.map((text) => [text, false]));
    expect(lacking(row, undefined, "gateway/bench/planted.spec.ts").join("")).toContain("no step runs gateway/bench/");
  });
});
