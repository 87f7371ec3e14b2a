import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clusterDirectory, freePort } from "#scripts/embedded-postgres.ts";
import { isRunning, markOf, type ProcessMark } from "#scripts/processes.ts";
import { answersHttp } from "#scripts/supervisor.ts";

const dataDir = mkdtempSync(join(tmpdir(), "portico-recovery-"));
const settings: Record<string, string> = { DATA_DIR: dataDir, LOG_LEVEL: "warn" };

interface Running {
  start: ChildProcess;
  databaseUrl: string;
  output: () => string;
}

/** Everything that a start has running: its children, noted in its lock file, and Postgres. */
function processes(): ProcessMark[] {
  const { children } = JSON.parse(readFileSync(join(dataDir, "lock"), "utf8")) as { children: ProcessMark[] };
  const postmaster = readFileSync(join(clusterDirectory(dataDir), "postmaster.pid"), "utf8").split("\n")[0];
  return [...children.filter(isRunning), markOf(Number(postmaster))];
}

async function start(): Promise<Running> {
  const { DATABASE_URL, PEPPER, SEAL_KEY, SESSION_SECRET, EXPLORE_KEY, ...outer } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, "../start.ts")], {
    env: { ...outer, ...settings } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, "exit").then(() => {
    throw new Error(`start ended:\n${output}`);
  });
  const [{ databaseUrl }] = (await Promise.race([once(child, "message"), ended])) as [{ databaseUrl: string }];
  ended.catch(() => undefined);
  return { start: child, databaseUrl, output: () => output };
}

async function count(databaseUrl: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(`
    select (select count(*)::int from "User") as users, (select count(*)::int from "Credential") as credentials,
           (select count(*)::int from "ProductRelease") as releases, (select count(*)::int from "AuditEvent") as events`);
  await client.end();
  return rows[0];
}

const answers = async () =>
  (await answersHttp(`http://127.0.0.1:${settings.PORT}/mark.svg`)) &&
  (await answersHttp(`http://127.0.0.1:${settings.GATEWAY_PORT}/`));

/** Makes the printed call, in a shell, as a person would. */
async function printedCall(output: string): Promise<string> {
  const line = output.split("\n").find((text) => text.startsWith("curl ")) ?? "";
  const args = [...line.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? "");
  const url = args.at(-1) ?? "";
  const headers = args.slice(0, -1).map((text) => text.split(": ") as [string, string]);
  return (await fetch(url, { headers })).text();
}

let running: Running;
let firstCounts: Record<string, number>;

beforeAll(async () => {
  for (const name of ["PORT", "GATEWAY_PORT", "SAMPLE_PORT", "GATEWAY_ADMIN_PORT"])
    settings[name] = String(await freePort());
  running = await start();
  firstCounts = await count(running.databaseUrl);
});

afterAll(async () => {
  if (running.start.exitCode === null && running.start.signalCode === null) {
    running.start.kill("SIGTERM");
    await once(running.start, "exit");
  }
  rmSync(dataDir, { recursive: true, force: true });
});

test("the first start shows the passwords once, and a call that works as printed", async () => {
  const { accounts } = JSON.parse(readFileSync(join(dataDir, "first-run.json"), "utf8"));
  expect(running.output()).toContain(accounts.provider.password);
  expect(await printedCall(running.output())).toContain("Beverly Hills");
});

test("SIGTERM ends everything, Postgres too, with exit code 0", async () => {
  const before = processes();
  expect(before.length).toBe(4);
  running.start.kill("SIGTERM");
  const [code] = await once(running.start, "exit");
  expect(code).toBe(0);
  expect(before.filter(isRunning)).toEqual([]);
});

test("a second start takes seconds, changes nothing, and prints no password again", async () => {
  const began = Date.now();
  running = await start();
  expect(Date.now() - began).toBeLessThan(30_000);
  expect(await count(running.databaseUrl)).toEqual(firstCounts);
  const { accounts } = JSON.parse(readFileSync(join(dataDir, "first-run.json"), "utf8"));
  expect(running.output()).not.toContain(accounts.provider.password);
  expect(await printedCall(running.output())).toContain("Beverly Hills");
});

test("a second start on the same data directory is refused while the first one runs", async () => {
  const [PORT, GATEWAY_PORT, SAMPLE_PORT] = [await freePort(), await freePort(), await freePort()].map(String);
  const child = spawn(process.execPath, [join(import.meta.dirname, "../start.ts")], {
    env: { ...process.env, ...settings, PORT, GATEWAY_PORT, SAMPLE_PORT },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Portico does not start: DATA_DIR .* is in use by another start .*\n$/);
});

test("each part that is killed comes back by itself", async () => {
  for (const { pid } of processes()) {
    process.kill(pid, "SIGKILL");
    await expect.poll(answers, { timeout: 30_000, interval: 100 }).toBe(true);
    await expect
      .poll(() => printedCall(running.output()), { timeout: 30_000, interval: 100 })
      .toContain("Beverly Hills");
  }
});

test("kill -9 of the start leaves no child, and the next start recovers", async () => {
  const children = processes().slice(0, -1);
  running.start.kill("SIGKILL");
  await once(running.start, "exit");
  running = await start();
  expect(children.filter(isRunning)).toEqual([]);
  expect(await count(running.databaseUrl)).toEqual(firstCounts);
  expect(await printedCall(running.output())).toContain("Beverly Hills");
});
