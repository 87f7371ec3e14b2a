import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readSettings } from "#lib/env.ts";
import { parts } from "./parts.ts";

const dataDir = mkdtempSync(join(tmpdir(), "portico-parts-"));
mkdirSync(join(dataDir, "logs"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("npm start and npm run dev bound the heaps of portal and gateway (F74)", () => {
  for (const mode of ["production", "development"] as const) {
    const bounded = parts({ ...readSettings(), DATA_DIR: dataDir }, { NODE_ENV: mode }, mode)
      .filter(({ args }) => args.some((arg) => /^--max-old-space-size=\d+$/.test(arg)))
      .map(({ name }) => name);
    expect(bounded).toEqual(["gateway", "portal"]);
  }
});
