import { db } from "#lib/db/client.ts";

/** All rows of all tables as text, as a dump would hold them; to search for what must not be there (G3, T24). */
export async function dumpAllTables(): Promise<string> {
  const tables = await db().$queryRaw<{ name: string }[]>`
    select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`;
  const rows: unknown[] = [];
  for (const { name } of tables) {
    rows.push(await db().$queryRawUnsafe(`select coalesce(json_agg(t)::text, '') as rows from ${name} t`));
  }
  return JSON.stringify(rows);
}
