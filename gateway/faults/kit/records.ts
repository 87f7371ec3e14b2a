import { db } from "#lib/db/client.ts";

const PIECE = 5_000;

/** Those of these request IDs that have no call record. */
export async function withoutRecord(ids: readonly string[]): Promise<Set<string>> {
  const missing = new Set(ids);
  for (let i = 0; i < ids.length; i += PIECE) {
    const rows = await db().$queryRaw<{ id: string }[]>`
      select "requestId"::text as id from "CallRecord" where "requestId" = any(${ids.slice(i, i + PIECE)}::uuid[])`;
    for (const { id } of rows) missing.delete(id);
  }
  return missing;
}
