import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { freePort, startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";

export interface OwnDatabase {
  url: string;
  stop(): Promise<void>;
}

/** A migrated PostgreSQL in a directory of its own that goes with it. */
export async function startDatabase(): Promise<OwnDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), "portico-gateway-"));
  const postgres = await startEmbeddedPostgres(dataDir, { throwaway: true });
  const stop = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await migrate(postgres.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: postgres.url, stop };
}

export interface OwnGateway {
  address: string;
  process: ChildProcess;
  /** Ends it as an operator would; the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the gateway's own process on a free port and waits until it says that it is ready. */
export async function startGateway(
  databaseUrl: string,
  options: { command?: string[]; nodeFlags?: string[]; env?: Record<string, string>; workers?: number } = {},
): Promise<OwnGateway> {
  const port = await freePort();
  // Of its own unless it is given: what one gateway leaves on disk is another's to bring to its database.
  const dataDir = mkdtempSync(join(tmpdir(), "portico-gateway-data-"));
  const [command = process.execPath, ...rest] = [...(options.command ?? []), process.execPath];
  const program = options.workers ? ["gateway/workers.ts", "--workers", String(options.workers)] : ["gateway/main.ts"];
  const child = spawn(command, [...rest, ...(options.nodeFlags ?? []), ...program], {
    cwd: join(import.meta.dirname, "../../.."),
    env: {
      ...process.env,
      LOG_LEVEL: "silent",
      DATA_DIR: dataDir,
      // The suite fails on purpose, hundreds of times from one address.
      GATEWAY_FAILURES_MAX: "1000000",
      GATEWAY_ADMIN_PORT: "0",
      // Backends of the suites are on this machine.
      BACKEND_ALLOW: "127.0.0.0/8,::1/128",
      ...options.env,
      DATABASE_URL: databaseUrl,
      GATEWAY_PORT: String(port),
      GATEWAY_HOST: "127.0.0.1",
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit").finally(() => rmSync(dataDir, { recursive: true, force: true }));
  await Promise.race([
    once(child, "message"),
    ended.then(([code]) => Promise.reject(new Error(`the gateway ended with ${code} before it was ready`))),
  ]);
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await ended;
    return code as number | null;
  };
  return { address: `http://127.0.0.1:${port}`, process: child, stop };
}
