import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

const folder = mkdtempSync(join(tmpdir(), "portico-lint-"));
const verdicts = new Map<string, string>();

/** Plants one file per import in a folder of its own with the project's rules, and lints them in one run. */
beforeAll(() => {
  const { vcs: _vcs, $schema: _schema, ...rules } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify(rules));
  for (const [index, [path, module]] of [...forbidden, ...allowed].entries()) {
    const file = join(folder, planted(path, index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import { x } from "${module}";\n\nexport const y = x;\n`);
  }
  const biome = join(root, "node_modules/.bin/biome");
  const run = spawnSync(biome, ["lint", "--max-diagnostics=none", "--colors=off", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  for (const block of (run.stdout + run.stderr).split(/^(?=\S+\.tsx?:\d+:\d+ )/m)) {
    const file = block.split(":")[0] ?? "";
    verdicts.set(file, (verdicts.get(file) ?? "") + block);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each import stands in a file of its own name, so that a verdict belongs to one of them. */
const planted = (path: string, index: number): string => path.replace("planted", `planted-${index}`);

const forbidden: [string, string][] = [
  ["lib/organization/planted.ts", "next/navigation"],
  ["lib/organization/planted.ts", "react"],
  ["lib/organization/planted.ts", "next-auth"],
  ["lib/organization/planted.ts", "server-only"],
  ["lib/organization/planted.ts", "#app/_server/actor.ts"],
  ["lib/organization/planted.ts", "#gateway/handle-call.ts"],
  ["lib/organization/planted.ts", "../../gateway/handle-call.ts"],
  ["gateway/steps/planted.ts", "#app/_server/actor.ts"],
  ["gateway/steps/planted.ts", "#components/ui/button.tsx"],
  ["gateway/steps/planted.ts", "#lib/db/generated/client.ts"],
  ["components/ui/planted.tsx", "#lib/product/publish-product.ts"],
  ["components/ui/planted.tsx", "#lib/db/client.ts"],
  ["components/ui/planted.tsx", "#app/_server/actor.ts"],
  ["app/apis/planted.tsx", "#lib/db/client.ts"],
  ["app/apis/planted.tsx", "#gateway/handle-call.ts"],
];

const allowed: [string, string][] = [
  ["lib/organization/planted.ts", "#lib/db/client.ts"],
  ["gateway/steps/planted.ts", "#lib/crypto/client-secret.ts"],
  ["components/ui/planted.tsx", "#lib/format.ts"],
  ["components/ui/planted.tsx", "#lib/product/product.schema.ts"],
  ["app/apis/planted.tsx", "#lib/catalog/search-apis.ts"],
];

describe("imports point one way, and the linter proves it", () => {
  test.each(forbidden.map(([path, module], index) => ({ file: planted(path, index), module })))(
    "a planted import of $module in $file is refused",
    ({ file }) => expect(verdicts.get(file) ?? "no verdict").toContain("noRestrictedImports"),
  );

  test.each(allowed.map(([path, module], index) => ({ file: planted(path, forbidden.length + index), module })))(
    "an import of $module in $file is fine",
    ({ file }) => expect(verdicts.get(file) ?? "").not.toContain("noRestrictedImports"),
  );
});
