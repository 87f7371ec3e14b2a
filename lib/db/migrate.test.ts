import pg from "pg";
import { expect, inject, test } from "vitest";
import { ownDatabase } from "#lib/test-kit/database.ts";
import { migrate, schemaSql } from "./migrate.ts";

ownDatabase();

/** Every column of the schema `public` with type, nullability and default. */
async function columns(url: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`
    select table_name || '.' || column_name as name, udt_name || ' ' || is_nullable || ' ' || coalesce(column_default, '') as type
    from information_schema.columns where table_schema = 'public'`);
  await client.end();
  return new Map(rows.map((row) => [row.name, row.type]));
}

test("the migrations make every column of prisma/schema.prisma as it stands there", async () => {
  const scratch = inject("postgresUrl").replace(/portico$/, "schema_scratch");
  const admin = new pg.Client({ connectionString: inject("postgresUrl").replace(/portico$/, "postgres") });
  await admin.connect();
  await admin.query("create database schema_scratch");
  const sql = await schemaSql(scratch);
  const client = new pg.Client({ connectionString: scratch });
  await client.connect();
  await client.query(sql);
  await client.end();
  const wanted = await columns(scratch);
  const made = await columns(process.env.DATABASE_URL ?? "");
  await admin.query("drop database schema_scratch with (force)");
  await admin.end();
  expect(wanted.size).toBeGreaterThan(100);
  for (const [name, type] of wanted) expect(`${name} ${made.get(name)}`).toBe(`${name} ${type}`);
});

test("processes that start at once do not race: the second finds nothing to do", async () => {
  const url = process.env.DATABASE_URL ?? "";
  expect(await Promise.all([migrate(url), migrate(url)])).toEqual([[], []]);
});
