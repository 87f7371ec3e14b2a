import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("no text-decoration is given in one word with its style or colour, which WebKit drops (F80)", () => {
  const files = globSync(["{app,components}/**/*.{css,ts,tsx}"], { cwd: root }).filter(
    (file) => !/\.test\./.test(file),
  );
  const found = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/text-?decoration:\s*["'`]?([^;"'`,}]+)/gi)]
      .filter(([, value = ""]) => value.trim().includes(" "))
      .map(([declaration]) => `${file}: ${declaration}`),
  );
  expect(found).toEqual([]);
  expect(files.length).toBeGreaterThan(200);
});
