import type { Tx } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { comparable } from "#lib/text.schema.ts";

/**
 * Takes the organization's row until the end of the transaction and sees that no other application of it has the name,
 * in whatever case or look (`comparable`); `id` is the one that is renamed. Throws NAME_TAKEN beside `name`. By lock and not by a unique index: organizations may have several
 * of one name from before, and these keep theirs.
 */
export async function claimName(
  tx: Tx,
  { organizationId, name, id: own }: { organizationId: string; name: string; id?: string },
): Promise<void> {
  const wanted = comparable(name);
  await lockRows(tx, { Organization: toChange(organizationId) });
  // SQL knows no case folding of Unicode, so that all names come, a page at a time.
  const other = await findOther(tx, organizationId, (one) => one.id !== own && comparable(one.name) === wanted);
  if (!other) return;
  const message = `This organization has an application called ${other.name}. Choose another name.`;
  throw new AppError("NAME_TAKEN", { fields: [{ field: "name", message }] });
}

interface Named {
  id: string;
  name: string;
}
const PAGE_ROWS = 1_000;

async function findOther(tx: Tx, organizationId: string, is: (one: Named) => boolean): Promise<Named | undefined> {
  for (let last = "00000000-0000-0000-0000-000000000000"; ; ) {
    const rows = await tx.$queryRaw<Named[]>`
      select id::text, name from "Application"
      where "organizationId" = ${organizationId}::uuid and not "isTest" and id > ${last}::uuid
      order by id limit ${PAGE_ROWS}`;
    const found = rows.find(is);
    last = rows.at(-1)?.id ?? last;
    if (found || rows.length < PAGE_ROWS) return found;
  }
}
