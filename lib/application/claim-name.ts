import type { Tx } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError } from "#lib/errors/app-error.ts";

/**
 * Takes the organization's row until the end of the transaction and sees that no other application of it has the name,
 * in whatever case; `id` is the one that is renamed. Throws NAME_TAKEN beside `name`. By lock and not by a unique index: organizations may have several
 * of one name from before, and these keep theirs.
 */
export async function claimName(
  tx: Tx,
  { organizationId, name, id: own }: { organizationId: string; name: string; id?: string },
): Promise<void> {
  await lockRows(tx, { Organization: toChange(organizationId) });
  const others = await tx.$queryRaw<{ id: string; name: string }[]>`
    select id::text, name from "Application"
    where "organizationId" = ${organizationId}::uuid and not "isTest" and lower(name) = lower(${name}) limit 100`;
  const other = others.find(({ id }) => id !== own);
  if (!other) return;
  const message = `This organization has an application called ${other.name}. Choose another name.`;
  throw new AppError("NAME_TAKEN", { fields: [{ field: "name", message }] });
}
