import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Rows of `| F12 | … | \`title\`<br>\`title\` | … | … |`. */
function rowsOf(markdown: string) {
  return markdown
    .split("\n")
    .filter((line) => /^\| F\d+ /.test(line))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      const [, fault = "", wrong = "", tests = "", tried = "", seen = ""] = cells;
      return { fault, wrong, titles: [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""), tried, seen };
    });
}

describe("the table of mended faults", () => {
  const rows = rowsOf(readFileSync("docs/contract/faults.md", "utf8"));
  const tests = execFileSync("git", ["ls-files", "*.test.ts", "*.test.tsx", "*.spec.ts"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((path) => readFileSync(path, "utf8").replaceAll('\\"', '"'))
    .join("\n");

  it("names tests that exist, and says what else was tried and how each was seen to fail", () => {
    const lacking = rows.flatMap(({ fault, wrong, titles, tried, seen }) => [
      ...(titles.length > 0 && wrong && tried && seen ? [] : [`${fault} has an empty cell`]),
      ...titles.filter((title) => !tests.includes(title)).map((title) => `${fault}: no test is called "${title}"`),
    ]);
    expect(lacking).toEqual([]);
  });

  it("has one row a fault", () => {
    const faults = rows.map(({ fault }) => fault);
    expect(faults.filter((fault, at) => faults.indexOf(fault) !== at)).toEqual([]);
  });
});
