import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** Redis, or Valkey which speaks the same, as the machine has it; no npm package carries one. */
export const redisServer = findOnPath(["redis-server", "valkey-server"]);
export const NO_REDIS = "no redis-server and no valkey-server on the path (Debian: apt-get install redis-server)";

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface OwnRedis {
  url: string;
  process: ChildProcess;
  /** Ends it as a crash would: it comes back empty. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis on loopback that keeps nothing on disk. */
export async function startRedis(port: number): Promise<OwnRedis> {
  const directory = mkdtempSync(join(tmpdir(), "portico-redis-"));
  const redis: OwnRedis = {
    url: `redis://127.0.0.1:${port}`,
    process: await start(port, directory),
    async kill() {
      const ended = once(redis.process, "exit");
      redis.process.kill("SIGKILL");
      await ended;
    },
    async restart() {
      redis.process = await start(port, directory);
    },
    async stop() {
      if (redis.process.exitCode === null && redis.process.signalCode === null) await redis.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return redis;
}

async function start(port: number, directory: string): Promise<ChildProcess> {
  if (!redisServer) throw new Error(NO_REDIS);
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no"];
  const child = spawn(redisServer, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`Redis ended with ${code}`)));
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes("Ready to accept connections")) return;
    }
  })();
  await Promise.race([ready, ended]);
  // Nobody waits for its end here any more.
  ended.catch(() => undefined);
  child.stdout.resume();
  return child;
}
