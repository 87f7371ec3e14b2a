import pg from "pg";
import { invariant } from "#lib/invariant.ts";

/** A table of this many 8 KB pages at a time: some three thousand rows, a millisecond or two of work for who takes them. */
const PAGES = 64;

export interface BulkReader {
  /**
   * Yields, a run of pages at a time, the bytes that `expression` (of type bytea) makes of each row that meets
   * `condition`; the rows come in no order. What is yielded is good until the next.
   */
  packed(table: string, expression: string, condition: string, values?: unknown[]): AsyncGenerator<Buffer>;
  /** Yields the rows of a query, some thousand at a time. */
  pages<T extends pg.QueryResultRow>(sql: string): AsyncGenerator<T[]>;
  rows<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
}

/**
 * Reads a great many rows: one state of the database, over a connection of its own, without Prisma, which takes ten
 * times as long and as much memory for them.
 */
export async function readInBulk<T>(work: (reader: BulkReader) => Promise<T>): Promise<T> {
  const connectionString = process.env.DATABASE_URL;
  invariant(connectionString, "DATABASE_URL is set before anything is read");
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 60_000 });
  // The query that runs reports it.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("begin transaction isolation level repeatable read read only");
    const rows: BulkReader["rows"] = async (sql, values) => (await client.query(sql, values)).rows;
    return await work({
      rows,
      packed: (...args) => packed(client, ...args),
      pages: (sql) => pages(client, sql),
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function* packed(
  client: pg.Client,
  table: string,
  expression: string,
  condition: string,
  values: unknown[] = [],
) {
  const size = await client.query<{ pages: number }>(
    "select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int as pages",
    [table],
  );
  const pages = size.rows[0]?.pages ?? 0;
  const [first, last] = [`$${values.length + 1}`, `$${values.length + 2}`];
  const text = `select encode(string_agg(${expression}, ''::bytea), 'hex') as packed from ${table}
    where ctid >= ${first}::tid and ctid < ${last}::tid and ${condition}`;
  const read = (from: number) =>
    client.query<{ packed: string | null }>({ text, values: [...values, `(${from},0)`, `(${from + PAGES},0)`] });
  // One for all: a new one for each run would be a quarter of a gigabyte of garbage.
  let bytes = Buffer.alloc(0);
  for (let from = 0; from < pages; from += PAGES) {
    const { rows } = await read(from);
    const hex = rows[0]?.packed;
    if (!hex) continue;
    if (bytes.length < hex.length / 2) bytes = Buffer.allocUnsafeSlow(hex.length);
    yield bytes.subarray(0, bytes.write(hex, "hex"));
  }
}

/** A few milliseconds of work for who takes them. */
const PAGE_ROWS = 2_000;

async function* pages<T extends pg.QueryResultRow>(client: pg.Client, sql: string): AsyncGenerator<T[]> {
  await client.query(`declare bulk no scroll cursor for ${sql}`);
  for (;;) {
    const { rows } = await client.query<T>(`fetch ${PAGE_ROWS} from bulk`);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_ROWS) break;
  }
  await client.query("close bulk");
}
