import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "#lib/db/migrate.ts";
import { startEmbeddedPostgres } from "#scripts/embedded-postgres.ts";

/** A PostgreSQL of its own for one test run, with a migrated template database that each test file copies. */
export default async function setup(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), "portico-test-"));
  const postgres = await startEmbeddedPostgres(dataDir, { throwaway: true });
  const admin = new pg.Client({ connectionString: postgres.url.replace(/portico$/, "postgres") });
  await admin.connect();
  await admin.query("create database template_portico");
  await admin.end();
  try {
    await migrate(postgres.url.replace(/portico$/, "template_portico"));
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  project.provide("postgresUrl", postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}
