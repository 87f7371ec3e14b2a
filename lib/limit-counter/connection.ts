import pg from "pg";
import { invariant } from "#lib/invariant.ts";

/** A call may wait for the answer: rather than longer than this, it is counted against the process's share. */
export const ANSWER_MS = 2_000;

/** Connections beside Prisma's: the arrays of a batch go over as they are, and a server that hangs is given up. */
let pool: pg.Pool | undefined;

export function connection(): pg.Pool {
  if (pool) return pool;
  const connectionString = process.env.DATABASE_URL;
  invariant(connectionString, "DATABASE_URL is set before calls are counted");
  pool = new pg.Pool({
    connectionString,
    max: 2,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    // The server gives up too: what it answers to nobody must not take effect later.
    statement_timeout: ANSWER_MS,
  });
  // An idle connection that the server cuts; the next statement makes a new one.
  pool.on("error", () => undefined);
  return pool;
}

/** Closes the connections of limit counters. */
export async function closeLimitCounters(): Promise<void> {
  const open = pool;
  pool = undefined;
  await open?.end();
}
