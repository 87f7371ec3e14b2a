import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildPortal } from "./build-portal.ts";
import { root } from "./child.ts";
import type { TestRun } from "./test-run.ts";

export interface TestStep {
  name: string;
  title: string;
  work(run: TestRun): Promise<void>;
}

/** What `npm test` does, in order: what answers fastest comes first. */
export const testSteps: TestStep[] = [
  {
    name: "lint",
    title: "Lint, format and import directions",
    work: (run) => run.node(["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"]),
  },
  { name: "types", title: "Types", work: (run) => run.node(["node_modules/typescript/bin/tsc", "--noEmit"]) },
  { name: "units", title: "Units and integration, on a PostgreSQL of their own", work: (run) => run.vitest([]) },
  {
    name: "build",
    title: "Production build",
    work: async (run) => {
      await buildPortal(run.log("build"), run.signal);
    },
  },
  {
    name: "operations",
    title: "Start, stop, recovery, upgrade",
    work: (run) => run.vitest(["--config", "scripts/operations/vitest.config.ts"]),
  },
  {
    name: "e2e",
    title: "End to end, in a browser against the production build",
    work: async (run) => {
      const kept = join(root, "test-results/e2e");
      rmSync(kept, { recursive: true, force: true });
      try {
        await run.playwright(await run.installation());
      } catch (error) {
        const output = join(run.directory, "e2e");
        if (existsSync(output)) cpSync(output, kept, { recursive: true });
        throw error;
      }
    },
  },
  {
    name: "conformance",
    title: "Conformance of the running gateway",
    work: async (run) => run.vitest(["--config", "gateway/conformance/vitest.config.ts"], await run.installation()),
  },
  {
    name: "faults",
    title: "What the gateway does when other things fail, and both beside strangers, in short",
    work: (run) => run.vitest(["--config", "gateway/faults/vitest.config.ts"]),
  },
];
