import { db } from "#lib/db/client.ts";

/** Notes when credentials were last used, to the minute: one row is written at most once in a minute. */
export async function recordCredentialUse(credentialIds: readonly string[], at: Date): Promise<void> {
  if (credentialIds.length === 0) return;
  // Locked in one order, so that several gateways cannot wait for each other.
  await db().$executeRaw`
    update "Credential" set "lastUsedAt" = ${at}::timestamptz
    where id in (
      select id from "Credential" where id = any(${[...credentialIds]}::uuid[])
        and ("lastUsedAt" is null or "lastUsedAt" < ${at}::timestamptz - interval '1 minute')
      order by id for update)`;
}
