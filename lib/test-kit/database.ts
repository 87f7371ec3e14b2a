import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { closeDb } from "#lib/db/client.ts";

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl").replace(/portico$/, "postgres") });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** Gives the test file an empty, migrated database of its own behind `db()`, and removes it afterwards. */
export function ownDatabase(): void {
  const name = `test_${randomBytes(6).toString("hex")}`;
  beforeAll(async () => {
    await admin(`create database ${name} template template_portico`);
    process.env.DATABASE_URL = inject("postgresUrl").replace(/portico$/, name);
  });
  afterAll(async () => {
    await closeDb();
    await admin(`drop database ${name} with (force)`);
  });
}
