import { type Tx, transaction } from "#lib/db/client.ts";
import type { Prisma } from "#lib/db/generated/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError } from "#lib/errors/app-error.ts";
import type { Analysis } from "./examine.ts";

/** Columns of a draft that follow from its text. */
export const draftColumns = (source: string, analysis: Analysis) => ({
  source,
  name: analysis.name,
  version: analysis.version,
  title: analysis.title,
  basePath: analysis.basePath,
  format: analysis.format,
  outline: analysis.outline as unknown as Prisma.InputJsonArray,
  findings: analysis.findings as unknown as Prisma.InputJsonArray,
});

/** Refuses a name and version that another draft of the space has. `field` is where the form shows it. */
export async function refuseTakenName(
  tx: Tx,
  spaceId: string,
  { name, title, version }: { name: string; title: string; version: string },
  field: string,
): Promise<void> {
  const other = await tx.apiDefinition.findFirst({
    where: { spaceId, name, version },
    select: { title: true, basePath: true },
  });
  if (!other) return;
  const message = `${other.title} ${version} exists already${other.basePath && `, at ${other.basePath}`}. Open it and replace its source, or give this one another title or version than ${title} ${version}.`;
  throw new AppError("NAME_TAKEN", { fields: [{ field, message }] });
}

/**
 * The name under which a draft stands beside others of its title and version: `swagger-petstore`, else
 * `swagger-petstore-2`, … `own` is the draft that keeps its name as long as its title gives it.
 */
export async function freeName(
  tx: Tx,
  spaceId: string,
  { name: wanted, version }: { name: string; version: string },
  own?: { id: string; name: string },
): Promise<string> {
  // Two at once take turns: the second sees the first's name.
  await lockRows(tx, { Space: toChange(spaceId) });
  const kept = own && new RegExp(`^${wanted}(-\\d+)?$`).test(own.name) ? [own.name] : [];
  for (let n = 1; ; n += 1) {
    const name = kept.pop() ?? (n === 1 ? wanted : `${wanted}-${n}`);
    const other = await tx.apiDefinition.findFirst({
      where: { spaceId, name, version, ...(own && { id: { not: own.id } }) },
      select: { id: true },
    });
    if (!other) return name;
  }
}

/** A transaction that writes drafts. Of two at once with one name and version, the second hears NAME_TAKEN as well. */
export async function draftTransaction<T>(field: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const message = "Another API took this title and version a moment ago. Choose another title or version.";
  return transaction(work, {
    ApiDefinition_spaceId_name_version_key: new AppError("NAME_TAKEN", { fields: [{ field, message }] }),
  });
}
