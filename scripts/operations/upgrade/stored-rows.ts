import type pg from "pg";

/** What calls and gateways write all the time: its values move between two looks. */
const MOVING: Record<string, string[] | "all"> = {
  CallRecord: "all",
  LimitCounter: "all",
  GatewayNode: "all",
  GatewayChange: "all",
  GatewayFeed: "all",
  Credential: ["lastUsedAt"],
};

/** The tables of a database as they were, with all their rows: to be held against what became of them. */
export class StoredRows {
  readonly #database: pg.Client;
  readonly #columns: ReadonlyMap<string, readonly string[]>;
  #digests = new Map<string, string>();

  private constructor(database: pg.Client, columns: ReadonlyMap<string, readonly string[]>) {
    this.#database = database;
    this.#columns = columns;
  }

  static async read(database: pg.Client): Promise<StoredRows> {
    // Each partitioned table once; Prisma's own left out.
    const { rows } = await database.query<{ table: string; columns: string[] }>(`
      select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> '_prisma_migrations'
      group by c.relname order by c.relname`);
    const stored = new StoredRows(database, new Map(rows.map(({ table, columns }) => [table, columns])));
    stored.#digests = await stored.#digest();
    return stored;
  }

  async emptyTables(): Promise<string[]> {
    const empty: string[] = [];
    for (const table of this.#columns.keys()) {
      const { rowCount } = await this.#database.query(`select 1 from "${table}" limit 1`);
      if (rowCount === 0) empty.push(table);
    }
    return empty;
  }

  /** Tables of which a row or a value of then is not there, or another. New columns and tables are no loss. */
  async lost(): Promise<string[]> {
    const now = await this.#digest();
    return [...this.#digests].flatMap(([table, digest]) => (now.get(table) === digest ? [] : [table]));
  }

  async #digest(): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    for (const [table, columns] of this.#columns) {
      const moving = MOVING[table] ?? [];
      if (moving === "all") continue;
      const kept = columns.filter((column) => !moving.includes(column)).map((column) => `"${column}"`);
      const { rows } = await this.#database.query<{ digest: string }>(`
        select count(*) || ' ' || md5(coalesce(string_agg(row, E'\\n' order by row), '')) as digest
        from (select to_jsonb(t)::text as row from (select ${kept.join(", ")} from "${table}") t) all_rows`);
      digests.set(table, rows[0]?.digest ?? "");
    }
    return digests;
  }
}
