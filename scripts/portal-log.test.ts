import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const run = (code: string): { level: number; msg: string; leftOut?: number }[] =>
  execFileSync(process.execPath, ["--import", join(import.meta.dirname, "portal-log.ts"), "-e", code], {
    encoding: "utf8",
    env: { ...process.env, LOG_LEVEL: "info" },
  })
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("whatever Next writes to the console is one JSON line, without colours, cut, and bounded (F68)", () => {
  const lines = run(`
    console.error(new Error("first\\nsecond \\u001b[31mred"));
    console.log("▲ Next.js %s", "16");
    console.warn("x".repeat(9_000));
    process.emitWarning("careful");
    setImmediate(() => {
      for (let n = 0; n < 500; n += 1) console.error("Failed to find Server Action \\"x\\" of a request " + n);
      for (let n = 0; n < 500; n += 1) console.error(n + " something of its own");
    });
  `);
  expect(lines[0]).toMatchObject({ level: 50, msg: expect.stringMatching(/^Error: first\nsecond red/) });
  expect(lines[1]).toMatchObject({ level: 30, msg: "▲ Next.js 16" });
  expect(lines[2]?.msg).toHaveLength(2_000);
  expect(lines.filter(({ msg }) => msg.startsWith("Failed to find"))).toHaveLength(10);
  expect(lines.length).toBeLessThanOrEqual(202);
  expect(lines.some(({ msg }) => msg === "Warning: careful")).toBe(true);
});
