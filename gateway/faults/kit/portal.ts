import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings, secretNames } from "#lib/env.ts";
import { buildPortal } from "#scripts/build-portal.ts";
import { endOf, hasEnded, startChild, stopChild } from "#scripts/child.ts";
import { freePort } from "#scripts/embedded-postgres.ts";
import { LogFile } from "#scripts/log-file.ts";
import { childEnvironment, parts } from "#scripts/parts.ts";

const STOP_PATIENCE_MS = 10_000;

export interface OwnPortal {
  /** Also the Origin of its pages. */
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the portal's own process as `npm start` does, in production mode, built where it is not. The secrets are those of this process. */
export async function startPortal(databaseUrl: string, more: Record<string, string> = {}): Promise<OwnPortal> {
  const directory = mkdtempSync(join(tmpdir(), "portico-portal-"));
  mkdirSync(join(directory, "logs"));
  await buildPortal(new LogFile(join(directory, "logs/build.log")));
  const port = String(await freePort());
  const own = { PORT: port, PORTAL_URL: `http://127.0.0.1:${port}`, DATA_DIR: directory, LOG_LEVEL: "warn" };
  const settings = readSettings({ ...process.env, ...more, ...own });
  const secrets = Object.fromEntries(secretNames.map((name) => [name, process.env[name] ?? ""]));
  const env = { ...childEnvironment(settings, secrets, databaseUrl, "production"), ...more };
  const part = parts(settings, env, "production").find(({ name }) => name === "portal");
  if (!part) throw new Error("the portal is none of the parts");
  const child = startChild(part);
  while (!(await part.answers?.())) {
    if (hasEnded(child)) throw new Error(`the portal ended (${endOf(child)}): ${part.log.lastLine}`);
  }
  return {
    url: settings.PORTAL_URL,
    process: child,
    async stop() {
      await stopChild(child, STOP_PATIENCE_MS);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
