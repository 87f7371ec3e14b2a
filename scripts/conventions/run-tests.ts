import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { matchesGlob, resolve } from "node:path";
import type { TestRun } from "#scripts/test-run.ts";
import { testSteps } from "#scripts/test-steps.ts";

export interface Source {
  path: string;
  text: string;
}

/** Every file of tests of this repository. */
export function testSources(): Source[] {
  return execFileSync("git", ["ls-files", "*.test.ts", "*.test.tsx", "*.spec.ts"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((path) => ({ path, text: readFileSync(path, "utf8").replaceAll('\\"', '"') }));
}

/** The patterns of the files that the steps of `npm test` run: what they give to vitest, and the folder of Playwright. */
export async function patternsOfSteps(): Promise<string[]> {
  const configs: string[] = [];
  const run = {
    installation: async () => ({}),
    vitest: async (args: string[]) => configs.push(args[1] ?? "vitest.config.ts"),
  } as unknown as TestRun;
  for (const name of ["units", "operations", "conformance", "faults"]) {
    await testSteps.find((step) => step.name === name)?.work(run);
  }
  const patterns = await Promise.all(
    configs.map(async (config) => (await import(/* @vite-ignore */ resolve(config))).default.test.include as string[]),
  );
  const folder = /testDir: "(\w+)"/.exec(readFileSync("playwright.config.ts", "utf8"))?.[1];
  return [...patterns.flat(), `${folder}/**/*.spec.ts`];
}

const indentOf = (line: string) => line.length - line.trimStart().length;

/**
 * The lines with which the call that has a title begins, and each describe around it, innermost first. Read from the
 * layout, which the formatter sees to: what a line belongs to is the nearest line above that is indented less.
 */
function headsOf(lines: string[], at: number): string[] {
  const heads: string[] = [];
  let below = Number.POSITIVE_INFINITY;
  for (let i = at; i >= 0 && below > 0; i -= 1) {
    const line = lines[i] ?? "";
    if (line.trim() === "" || indentOf(line) >= below) continue;
    // The end of a table of cases belongs to a line as far in; a title that has a line of its own, to one less far in.
    if (/^\s*[\])}]/.test(line)) below = indentOf(line) + 1;
    else below = indentOf(line);
    if (!/^\s*[\])}"'`]/.test(line)) heads.push(line.trim());
  }
  return heads;
}

const CALL = /^(?:test|it|describe)((?:\.\w+)*)\b/;
/** A skip by what a machine has says so aloud; what runs by a setting alone is in no `npm test`. */
const UNRUN = /\.(?:skip|todo|fixme|fails|runIf|only)\b/;

/** Why no step runs a test of this title; null: one does. */
export function whyNotRun(title: string, sources: Source[], patterns: string[]): string | null {
  let reason = "no test is called so";
  // A title of a test that a machine may lack something for ends with what it lacks.
  const starts = [`"${title}"`, `\`${title}\``, `\`${title}\${`];
  for (const { path, text } of sources.filter((one) => one.text.includes(title))) {
    const lines = text.split("\n");
    for (const [at, line] of lines.entries()) {
      if (!starts.some((start) => line.includes(start))) continue;
      const calls = headsOf(lines, at).filter((head) => CALL.test(head));
      if (calls.length === 0) continue;
      const unrun = calls.find((head) => UNRUN.test(CALL.exec(head)?.[1] ?? ""));
      if (unrun) reason = `${path} has it as ${unrun}`;
      else if (!patterns.some((pattern) => matchesGlob(path, pattern))) reason = `no step runs ${path}`;
      else return null;
    }
  }
  return reason;
}
