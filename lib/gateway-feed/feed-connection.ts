import pg from "pg";
import { invariant } from "#lib/invariant.ts";

/** An answer that takes longer does not come: the connection is dropped, the next reading makes a new one. */
const QUERY_MS_MAX = 10_000;

/**
 * A connection beside Prisma's. The feed is read four times a second for as long as a gateway lives, and a database
 * that stopped answering without closing (a pulled cable) has to be noticed, which needs a time limit for each query.
 */
let pool: pg.Pool | undefined;

export function feed(): pg.Pool {
  if (pool) return pool;
  const connectionString = process.env.DATABASE_URL;
  invariant(connectionString, "DATABASE_URL is set before the feed is read");
  pool = new pg.Pool({
    connectionString,
    max: 2,
    connectionTimeoutMillis: 5_000,
    query_timeout: QUERY_MS_MAX,
    keepAlive: true,
  });
  // An idle connection that the server cuts; the next reading makes a new one.
  pool.on("error", () => undefined);
  return pool;
}

/** Closes the connection of the feed. */
export async function closeFeed(): Promise<void> {
  const open = pool;
  pool = undefined;
  await open?.end();
}
