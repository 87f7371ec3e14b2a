import { Failure, failureLine } from "./failure.ts";
import { seconds } from "./progress.ts";
import { stopSignal } from "./stop-signal.ts";
import { TestRun } from "./test-run.ts";
import { testSteps } from "./test-steps.ts";

/*
 * npm test: every step, one after another, on ports and directories of its own; the first that fails ends the run.
 * npm test -- e2e: that step alone (several may be named), with what it needs.
 */
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !testSteps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(", ")}; there are ${testSteps.map((step) => step.name).join(", ")}`);
  process.exit(1);
}

const { signal } = stopSignal(() => process.exit(130));
const run = new TestRun(signal);
const started = Date.now();
try {
  await run.prepare();
  for (const { name, title, work } of testSteps) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    signal.throwIfAborted();
    const at = Date.now();
    console.log(`\n== ${title}`);
    await work(run);
    console.log(`== ${title}: ${seconds(at)}`);
  }
} catch (error) {
  process.exitCode = 1;
  // A runner that counted has shown what failed; everything else counts as one failure.
  if (run.failed === 0) run.failed = 1;
  console.error(signal.aborted ? "stopped" : `\n${error instanceof Failure ? error.message : failureLine(error)}`);
} finally {
  await run.cleanUp();
}
console.log(`\nAfter ${seconds(started)}:`);
console.log(`${run.passed} passed, ${run.failed} failed`);
process.exit();
