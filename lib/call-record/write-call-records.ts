import { db } from "#lib/db/client.ts";

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
  const json = JSON.stringify(records);
  await db().$executeRaw`
    insert into "CallRecord" select * from json_populate_recordset(null::"CallRecord", ${json}::json)
    on conflict ("time", "requestId") do nothing`;
}

/** Makes the daily partitions up to two days ahead. */
export async function ensureCallRecordPartitions(): Promise<void> {
  await db().$executeRaw`select ensure_call_record_partitions(2)`;
}
