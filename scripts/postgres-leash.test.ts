import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { clusterDirectory } from "./embedded-postgres.ts";

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A process that starts a throwaway server, tells its port, and stops it when it is told anything. */
const HOLDER = `
  import { startEmbeddedPostgres } from "./scripts/embedded-postgres.ts";
  const server = await startEmbeddedPostgres(process.argv[1], { throwaway: true });
  process.once("message", async () => {
    await server.stop();
    process.disconnect();
  });
  process.send({ port: server.port });
`;

interface Held {
  holder: ChildProcess;
  dataDir: string;
  port: number;
}

async function hold(): Promise<Held> {
  const dataDir = mkdtempSync(join(tmpdir(), "portico-leash-"));
  made.push(dataDir, clusterDirectory(dataDir));
  const holder = spawn(process.execPath, ["--input-type=module", "-e", HOLDER, dataDir], {
    cwd: join(import.meta.dirname, ".."),
    // A group of its own, as npm test has in a terminal.
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(holder, "exit").then(() => Promise.reject(new Error("it ended before its server ran")));
  const [{ port }] = await Promise.race([once(holder, "message") as Promise<[{ port: number }]>, ended]);
  ended.catch(() => undefined);
  return { holder, dataDir, port };
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    }).once("error", () => resolve(false));
  });

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "a throwaway server and its directory go when the process group that started it dies of %s",
  async (signal) => {
    const { holder, dataDir, port } = await hold();
    const cluster = clusterDirectory(dataDir);
    expect(await listens(port)).toBe(true);
    expect(readFileSync(join(cluster, "postmaster.pid"), "utf8")).toMatch(/^\d+\n/);
    process.kill(-(holder.pid ?? 0), signal);
    expect(await once(holder, "exit")).toEqual([null, signal]);
    await expect.poll(() => listens(port), { timeout: 20_000 }).toBe(false);
    await expect.poll(() => existsSync(dataDir) || existsSync(cluster), { timeout: 20_000 }).toBe(false);
  },
);

test("one that is stopped in order leaves its directory to whoever stopped it", async () => {
  const { holder, dataDir, port } = await hold();
  holder.send("stop");
  expect(await once(holder, "exit")).toEqual([0, null]);
  expect([await listens(port), existsSync(clusterDirectory(dataDir))]).toEqual([false, true]);
});
