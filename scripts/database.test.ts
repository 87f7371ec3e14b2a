import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, test, vi } from "vitest";
import { openDatabase } from "./database.ts";
import { clusterDirectory } from "./embedded-postgres.ts";

const dataDir = mkdtempSync(join(tmpdir(), "portico-database-"));
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(clusterDirectory(dataDir), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

/** The process that is PostgreSQL now; undefined while it is being started. */
function postmaster(): number | undefined {
  try {
    return Number(readFileSync(join(clusterDirectory(dataDir), "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return undefined;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query("select 1")).rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

test("the embedded PostgreSQL comes back at its old port after its seventh death, and stops when asked (F6)", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const database = await openDatabase(dataDir, undefined, { firstMs: 1, longestMs: 2 });
  for (let death = 1; death <= 7; death += 1) {
    const pid = postmaster();
    process.kill(pid ?? 0, "SIGQUIT");
    await expect.poll(postmaster, { timeout: 20_000 }).not.toBe(pid);
    await expect.poll(() => answers(database.url), { timeout: 20_000 }).toBe(true);
    expect(
      said.mock.calls.flat().filter((line) => /^PostgreSQL (ended unexpectedly|does not start)/.test(line)),
    ).toHaveLength(death);
  }
  await database.stop();
  expect(await answers(database.url)).toBe(false);
});

test("a stop while PostgreSQL waits to be started again leaves nothing running (F6)", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  said.mockClear();
  const database = await openDatabase(dataDir, undefined, { firstMs: 600_000, longestMs: 600_000 });
  process.kill(postmaster() ?? 0, "SIGQUIT");
  await expect.poll(() => said.mock.calls.length).toBe(1);
  await database.stop();
  expect(await answers(database.url)).toBe(false);
});
