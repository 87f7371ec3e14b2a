import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { LogFile } from "./log-file.ts";
import { isRunning, markOf } from "./processes.ts";
import { type Part, Supervisor } from "./supervisor.ts";

const directory = mkdtempSync(join(tmpdir(), "portico-supervisor-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const part = (name: string, program: string): Part => ({
  name,
  args: ["-e", program],
  env: { ...process.env },
  log: new LogFile(join(directory, `${name}.log`)),
});

const STAYS = "process.send({ type: 'ready' }); setInterval(() => {}, 1000)";

test("a part that is killed is started again, with one line that says so", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const started: number[] = [];
  const supervisor = new Supervisor((pid) => started.push(pid));
  await supervisor.start(part("steady", STAYS));
  process.kill(started[0] ?? 0, "SIGKILL");
  await expect.poll(() => started.length).toBe(2);
  expect(said.mock.calls).toEqual([
    [expect.stringMatching(/^steady ended unexpectedly \(signal SIGKILL\): starting it again/)],
  ]);
  await supervisor.stop();
  expect(started.map(markOf).filter(isRunning)).toEqual([]);
});

test("a part that ends before it is ready fails the start with its own error line", async () => {
  const supervisor = new Supervisor(() => undefined);
  const broken = part("broken", "console.error('Error: no such table'); process.exit(3)");
  await expect(supervisor.start(broken)).rejects.toThrow(/broken ended \(exit code 3\): Error: no such table; see /);
  await supervisor.stop();
});

test("a part that ends again and again is started as often as it takes, and the others go on (F6)", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const started: number[] = [];
  const supervisor = new Supervisor((pid) => started.push(pid), { stopMs: 200, firstMs: 1, longestMs: 2 });
  await supervisor.start(part("steady beside", STAYS));
  await supervisor.start(part("flapping", "process.send({ type: 'ready' }, () => process.exit(1))"));
  await expect.poll(() => started.length, { timeout: 20_000 }).toBeGreaterThan(8);
  expect(said.mock.calls.flat().filter((line) => /^steady beside/.test(line))).toEqual([]);
  expect(isRunning(markOf(started[0] ?? 0))).toBe(true);
  await supervisor.stop();
});

test("a part that ignores the request to stop is killed", async () => {
  const started: number[] = [];
  const supervisor = new Supervisor((pid) => started.push(pid), { stopMs: 200, firstMs: 1, longestMs: 2 });
  await supervisor.start(part("deaf", `process.on("SIGTERM", () => {}); ${STAYS}`));
  await supervisor.stop();
  expect(started.map(markOf).filter(isRunning)).toEqual([]);
});
