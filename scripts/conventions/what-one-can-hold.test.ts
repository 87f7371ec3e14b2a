import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { patternsOfSteps, testSources, whyNotRun } from "./run-tests.ts";

const sources = testSources();
const patterns = await patternsOfSteps();

/** The rows of `| who | holds | at most | past it | shown by |`; a row without a who is that of the row above. */
function rowsOf(path: string) {
  const [, table = ""] = readFileSync(path, "utf8").split(/^\| who [^\n]*\| shown by +\|\n\|[- |]+\n/m);
  let whose = "";
  return (table.split(/\n(?!\|)/)[0] ?? "").split("\n").map((line) => {
    const [who = "", holds = "", most = "", past = "", shown = ""] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    whose = who || whose;
    return { who: whose, holds, most, past, titles: [...shown.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "") };
  });
}

describe.each([
  ["gateway/README.md", ["call", "head", "connections", "bodies in memory", "CPU", "rows", "hashes"]],
  [
    "docs/operations.md",
    ["call", "head", "connections", "bodies", "memory", "CPU", "rows", "hashes", "definition jobs", "sign-ups"],
  ],
])("what one of many can hold, by %s", (path, kinds) => {
  const rows = rowsOf(path);

  it("has a bound, an answer past it and tests that are run in every row", () => {
    expect(rows.length).toBeGreaterThan(10);
    const lacking = rows.flatMap(({ who, holds, most, past, titles }) => [
      ...(holds && most && past && titles.length > 0 ? [] : [`${who}, ${holds}: an empty cell`]),
      ...titles.flatMap((title) => {
        const why = whyNotRun(title, sources, patterns);
        return why === null ? [] : [`${who}, ${holds}: "${title}": ${why}`];
      }),
    ]);
    expect(lacking).toEqual([]);
  });

  it("speaks of everything that can be held, of a connection, an address, a person and everybody", () => {
    const all = rows.map(({ holds }) => holds).join("\n");
    expect(kinds.filter((kind) => !all.includes(kind))).toEqual([]);
    const everyone = rows.map(({ who }) => who).join("\n");
    expect(["connection", "address", "person", "everybody"].filter((who) => !everyone.includes(who))).toEqual([]);
  });
});
