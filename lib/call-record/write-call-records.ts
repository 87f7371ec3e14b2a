import pg from "pg";
import { db } from "#lib/db/client.ts";
import { invariant } from "#lib/invariant.ts";

/**
 * One connection beside Prisma's: Prisma writes a raw parameter to JSON and reads it back, which for half a megabyte of
 * records costs the gateway more than all else about them.
 */
let pool: pg.Pool | undefined;

function connection(): pg.Pool {
  if (pool) return pool;
  const connectionString = process.env.DATABASE_URL;
  invariant(connectionString, "DATABASE_URL is set before calls are recorded");
  pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 5_000, query_timeout: 20_000 });
  // An idle connection that the server cuts; the next batch makes a new one.
  pool.on("error", () => undefined);
  return pool;
}

/** Closes the connection of `writeCallRecords`. */
export async function closeCallRecords(): Promise<void> {
  const open = pool;
  pool = undefined;
  await open?.end();
}

/** One call through the gateway, as it is stored: never a header, a query or a body (S92). */
export interface CallRecord {
  /** ISO 8601, UTC. */
  time: string;
  requestId: string;
  /** The provider's. */
  organizationId: string | null;
  catalogId: string | null;
  /** ApiDefinition.id. */
  apiId: string | null;
  operationKey: string | null;
  applicationId: string | null;
  credentialId: string | null;
  subscriptionId: string | null;
  method: string;
  /** 499: the client went away before an answer began. */
  status: number;
  code: string | null;
  cause: string | null;
  totalMs: number;
  backendMs: number | null;
  requestBytes: number;
  responseBytes: number;
}

/**
 * Writes a batch in one statement. The rows travel as one JSON text, because building it is the cheapest for the
 * gateway's core; a batch that is sent twice (its acknowledgement was lost) is stored once.
 */
export async function writeCallRecords(records: readonly CallRecord[]): Promise<void> {
  if (records.length === 0) return;
  await connection().query(
    `insert into "CallRecord" select * from json_populate_recordset(null::"CallRecord", $1::json)
     on conflict ("time", "requestId") do nothing`,
    [JSON.stringify(records)],
  );
}

/** Makes the daily partitions up to two days ahead. */
export async function ensureCallRecordPartitions(): Promise<void> {
  await db().$executeRaw`select ensure_call_record_partitions(2)`;
}
