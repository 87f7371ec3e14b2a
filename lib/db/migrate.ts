import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { ADVISORY_LOCKS } from "./advisory-locks.ts";

const root = join(import.meta.dirname, "../..");

interface Engine {
  applyMigrations(input: unknown): Promise<{ appliedMigrationNames: string[] }>;
  diff(input: unknown): Promise<{ stdout: string | null }>;
}

/**
 * The adapter splits a script at every semicolon, also inside functions and comments. Postgres takes the script whole,
 * and runs it as one transaction, so that a migration that fails leaves nothing behind.
 */
class WholeScriptPg extends PrismaPg {
  readonly #url: string;
  readonly #open: { dispose(): Promise<void> }[] = [];

  constructor(url: string) {
    super({ connectionString: url });
    this.#url = url;
  }

  override async connect() {
    const adapter = await super.connect();
    this.#open.push(adapter);
    adapter.executeScript = async (script: string) => {
      const client = new pg.Client({ connectionString: this.#url });
      await client.connect();
      try {
        await client.query(script);
      } finally {
        await client.end();
      }
    };
    return adapter;
  }

  /** Closes the pools that the engine opened and keeps. */
  async close(): Promise<void> {
    for (const adapter of this.#open) await adapter.dispose();
  }
}

/**
 * The engine's imports, with its timers unreferenced: it never clears the ten-second limit that it puts on taking its
 * lock, and the process would live on until then.
 */
const imports = Object.fromEntries(
  Object.entries(engineModule).map(([name, value]) => [
    name,
    name.startsWith("__wbg_setTimeout_")
      ? (work: () => void, delayMs: number) => setTimeout(work, delayMs).unref()
      : value,
  ]),
) as unknown as WebAssembly.ModuleImports;

let loaded = false;

/** Prisma's schema engine, from npm, without its native binary (docs/decisions/002). */
async function withEngine<T>(url: string, work: (engine: Engine) => Promise<T>): Promise<T> {
  if (!loaded) {
    const file = createRequire(import.meta.url)
      .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
      .replace(/\.js$/, ".wasm");
    const module = await WebAssembly.compile(readFileSync(file));
    const instance = await WebAssembly.instantiate(module, { "./schema_engine_bg.js": imports });
    engineModule.__wbg_set_wasm(instance.exports);
    (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
    loaded = true;
  }
  const database = new WholeScriptPg(url);
  try {
    return await work(
      await engineModule.SchemaEngine.new(
        { datamodels: undefined },
        () => undefined,
        bindMigrationAwareSqlAdapterFactory(database),
      ),
    );
  } finally {
    await database.close();
  }
}

function migrationsList() {
  const baseDir = join(root, "prisma/migrations");
  const directories = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: directories.map((path) => ({
      path,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok", value: readFileSync(join(baseDir, path, "migration.sql"), "utf8") },
      },
    })),
  };
}

const filters = { externalTables: [], externalEnums: [] };

/** Applies the migrations that the database lacks, one process at a time; returns their names. */
export async function migrate(url: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query("select pg_advisory_lock($1)", [ADVISORY_LOCKS.migrations]);
    return await withEngine(url, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrationsList(), filters });
      return appliedMigrationNames;
    });
  } finally {
    await lock.end();
  }
}

/** SQL that makes prisma/schema.prisma from nothing; a test compares its tables with what the migrations made. */
export async function schemaSql(url: string): Promise<string> {
  const path = join(root, "prisma/schema.prisma");
  return withEngine(url, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [{ path, content: readFileSync(path, "utf8") }] },
      script: true,
      exitCode: null,
      filters,
    });
    return stdout ?? "";
  });
}
