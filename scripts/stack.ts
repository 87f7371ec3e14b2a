import { join } from "node:path";
import pg from "pg";
import { KEYS_OF_ROWS, type KeyOfRows, keyFaults } from "#lib/crypto/keys-of-rows.ts";
import { migrate } from "#lib/db/migrate.ts";
import { EnvError, readSettings } from "#lib/env.ts";
import { buildPortal } from "./build-portal.ts";
import { root, runChild } from "./child.ts";
import { openDataDirectory } from "./data-directory.ts";
import { type Database, openDatabase } from "./database.ts";
import { Failure, failureLine } from "./failure.ts";
import { readFirstRun } from "./first-run.ts";
import { generateClient } from "./generate.ts";
import { LogFile } from "./log-file.ts";
import { childEnvironment, type Mode, parts } from "./parts.ts";
import { ensurePortsFree } from "./ports.ts";
import { step } from "./progress.ts";
import { readyText } from "./ready-text.ts";
import { type InstallationSecrets, openSecrets } from "./secrets-file.ts";
import { stopSignal } from "./stop-signal.ts";
import { Supervisor } from "./supervisor.ts";

/**
 * Brings up the whole installation, keeps it running until it is asked to stop, and takes it down. A step that fails is
 * one line on stderr and exit code 1, with nothing left running.
 */
export async function runStack(mode: Mode): Promise<void> {
  // What has to be undone, newest first.
  const undo: (() => Promise<void> | void)[] = [];
  const kill: (() => void)[] = [];
  const { signal, requested } = stopSignal(() => {
    for (const end of kill) end();
    process.exit(130);
  });
  /** A step, unless we were asked to stop meanwhile. */
  const next: typeof step = async (name, work, note) => {
    signal.throwIfAborted();
    return step(name, work, note);
  };

  try {
    const started = Date.now();
    const settings = readSettings();
    const { DATA_DIR: dataDir } = settings;
    const log = (name: string) => new LogFile(join(dataDir, "logs", `${name}.log`));

    const lock = await openDataDirectory(dataDir);
    undo.push(() => lock.release());
    await ensurePortsFree([
      { setting: "PORT", host: settings.HOST, port: settings.PORT },
      { setting: "GATEWAY_PORT", host: settings.GATEWAY_HOST, port: settings.GATEWAY_PORT },
      { setting: "SAMPLE_PORT", host: "127.0.0.1", port: settings.SAMPLE_PORT },
      // 0: no admin port.
      ...(settings.GATEWAY_ADMIN_PORT > 0
        ? [{ setting: "GATEWAY_ADMIN_PORT", host: settings.GATEWAY_ADMIN_HOST, port: settings.GATEWAY_ADMIN_PORT }]
        : []),
    ]);
    const installation = openSecrets(dataDir, process.env);

    await next("database client", generateClient, (did) => (did ? "generated" : "up to date"));

    const database = await next(
      "database",
      () => openDatabase(dataDir, settings.DATABASE_URL),
      (d) => d.description,
    );
    undo.push(() => database.stop());
    kill.push(() => database.kill());

    await next(
      "migrations",
      () => migrateOwn(database, installation),
      (names) => (names.length > 0 ? `${names.length} applied` : "up to date"),
    );

    await checkKeys(database, installation);

    const env = childEnvironment(settings, installation.secrets, database.url, mode);
    const firstStart = await next(
      "first-run data",
      async () => {
        const before = readFirstRun(dataDir)?.state;
        if (settings.SEED === "none" || before === "complete") return false;
        await runChild({ name: "seed", args: [join(root, "prisma/seed.ts")], env, log: log("seed") }, signal);
        return before !== readFirstRun(dataDir)?.state;
      },
      (made) => (made ? "made" : settings.SEED === "none" ? "none wanted" : "nothing to do"),
    );

    if (mode === "production") {
      await next(
        "portal build",
        () => buildPortal(log("build"), signal),
        (did) => (did ? "built" : "up to date"),
      );
    }

    const supervisor = new Supervisor((pid) => lock.add(pid));
    undo.push(() => supervisor.stop());
    kill.unshift(() => supervisor.kill());
    const services = parts(settings, env, mode);
    await next(
      "services",
      () => Promise.all(services.map((part) => supervisor.start(part))),
      () => services.map((part) => part.name).join(", "),
    );
    signal.throwIfAborted();

    console.log(readyText({ settings, firstRun: readFirstRun(dataDir), firstStart, started }));
    process.send?.({ type: "ready", databaseUrl: database.url });
    await requested;
  } catch (error) {
    if (!signal.aborted) {
      console.error(lineOf(error));
      process.exitCode = 1;
    }
  }
  if (signal.aborted) console.log("Stopping");
  for (const act of undo.reverse()) {
    try {
      await act();
    } catch (error) {
      console.error(`while stopping: ${failureLine(error)}`);
      process.exitCode = 1;
    }
  }
  if (process.connected) process.disconnect();
  process.exit();
}

/** New secrets with an old database would leave every credential unusable: that start is refused instead. */
async function migrateOwn(database: Database, installation: InstallationSecrets): Promise<string[]> {
  if (installation.made && (await hasUsers(database.url))) {
    installation.undo();
    throw new Failure(
      "PEPPER is missing: this database was made with secrets that DATA_DIR/secrets.json no longer holds; restore that file",
    );
  }
  return migrate(database.url);
}

/** With another key than its rows were made with an installation looks well and refuses every call: it does not start. */
async function checkKeys(database: Database, installation: InstallationSecrets): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<KeyOfRows>(KEYS_OF_ROWS);
    for (const { setting, isWrong, text } of keyFaults(rows, installation.secrets)) {
      if (isWrong) {
        installation.undo();
        throw new Failure(`${text}; restore ${setting} in the environment or in DATA_DIR/secrets.json`);
      }
      console.warn(`warning: ${text}`);
    }
  } finally {
    await client.end();
  }
}

async function hasUsers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`select to_regclass('public."User"') is not null as made`);
    return rows[0].made && (await client.query(`select 1 from "User" limit 1`)).rowCount === 1;
  } finally {
    await client.end();
  }
}

const lineOf = (error: unknown): string =>
  error instanceof Failure || error instanceof EnvError
    ? `Portico does not start: ${failureLine(error)}`
    : `Portico stops, unexpectedly: ${failureLine(error)}`;
