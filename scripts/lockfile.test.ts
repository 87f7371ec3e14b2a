import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const text = readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8");
const packages: Record<string, { optionalDependencies?: Record<string, string> }> = JSON.parse(text).packages;

// npm install leaves out what its registry does not answer, and npm ci then refuses the whole file.
test("the lock file has an entry for every platform's package, also of platforms that we do not run on", () => {
  const missing = Object.entries(packages).flatMap(([at, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${at}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test("the lock file holds no download address, so that any registry can serve it", () => {
  expect(text).not.toContain('"resolved"');
});
