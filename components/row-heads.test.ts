import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("each row of a table has the cell that names it (F85)", () => {
  const files = globSync(["{app,components}/**/*.tsx"], { cwd: root }).filter(
    (file) => file !== "components/ui/table.tsx",
  );
  const rows = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/<tr[ >][\s\S]*?<\/tr>/g)].map(([row]) => ({ file, row })),
  );
  const data = rows.filter(({ row }) => (row.match(/<Td\b/g) ?? []).length > 1);
  expect(data.length).toBeGreaterThan(12);
  expect(data.filter(({ row }) => !/<Td names\b/.test(row)).map(({ file }) => file)).toEqual([]);
});
