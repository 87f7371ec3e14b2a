import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const files = globSync("app/**/{page,layout}.tsx").map((file) => ({ file, text: readFileSync(file, "utf8") }));
const once = readFileSync("app/_server/read-once.ts", "utf8");

describe("a request reads a row once", () => {
  test("a page whose title comes from a row reads it through app/_server/read-once.ts (F76)", () => {
    const titled = files.filter(({ text }) => /export async function generateMetadata/.test(text));
    expect(titled.length).toBeGreaterThan(2);
    for (const { file, text } of titled) expect(text, file).toContain("#app/_server/read-once.ts");
  });

  test("what is read once is read nowhere in a page or a frame by itself (F76)", () => {
    const shared = [...once.matchAll(/import \{([^}]+)\} from "#lib\/(?!paths)/g)].flatMap(([, names = ""]) =>
      names.split(",").map((name) => name.trim()),
    );
    expect(shared).toContain("readPublishedApi");
    for (const { file, text } of files)
      for (const name of shared) expect(text, file).not.toMatch(new RegExp(`\\b${name}\\b`));
  });

  test("React's cache stands in app/_server alone (F76)", () => {
    const others = globSync(["app/**/*.ts", "app/**/*.tsx", "lib/**/*.ts", "components/**/*.tsx"]).filter(
      (file) => !file.startsWith("app/_server/") && !file.startsWith("lib/db/generated"),
    );
    for (const file of others) expect(readFileSync(file, "utf8"), file).not.toMatch(/\bcache\b[^;]*from "react"/);
  });
});
