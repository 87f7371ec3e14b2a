import { db } from "#lib/db/client.ts";

/**
 * Notes when credentials were last used, to the minute: one row is written at most once in a minute, and never set
 * back, in whatever order uses are told.
 */
export async function recordCredentialUse(uses: ReadonlyMap<string, Date>): Promise<void> {
  if (uses.size === 0) return;
  // Locked in one order, so that several gateways cannot wait for each other.
  await db().$executeRaw`
    with used as (select * from unnest(${[...uses.keys()]}::uuid[], ${[...uses.values()]}::timestamptz[]) as u (id, at)),
    due as (
      select credential.id, used.at from "Credential" credential join used on used.id = credential.id
      where credential."lastUsedAt" is null or credential."lastUsedAt" < used.at - interval '1 minute'
      order by credential.id for update of credential)
    update "Credential" set "lastUsedAt" = due.at from due where "Credential".id = due.id`;
}
