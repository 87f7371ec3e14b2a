import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const files = globSync("lib/**/*.ts")
  .filter((file) => !/\.test\.ts$|^lib\/(db\/generated|test-kit)\//.test(file))
  .map((file) => ({ file, text: readFileSync(file, "utf8") }));

/** Where rows are cut off and nobody is told, and why nobody misses them. */
const complete: Record<string, string> = {
  "lib/service-id/list-service-ids.ts": "an application has no more service IDs than that",
  "lib/identity/list-sessions.ts": "a person has no more open sessions than that",
  "lib/identity/failures.ts": "tries are counted up to the budget",
  "lib/explore/read-explore.ts": "its own `more`, and the operation count of the API",
  "lib/catalog/read-published-api.ts": "pages by number, with the total",
  "lib/catalog/index-api.ts": "a slice of background work, then the next",
  "lib/api-definition/renew-revisions.ts": "a slice of background work, then the next",
};

describe("no list ends in silence", () => {
  test("what takes so many rows gives a page, or a part that says whether there are more (F72)", () => {
    const silent = files
      .filter(({ text }) => [...text.matchAll(/\btake: ([^,}\n]+)/g)].some(([, count]) => count?.trim() !== "1"))
      .filter(({ file, text }) => !(file in complete) && !/\b(pageOf|pageFrom|partOf)\(/.test(text))
      .map(({ file }) => file);
    expect(silent).toEqual([]);
  });

  test("no list counts rows over a whole table: counts are asked for the rows that are shown (F73)", () => {
    for (const { file, text } of files) expect(text, file).not.toMatch(/\b_count: \{/);
  });
});
