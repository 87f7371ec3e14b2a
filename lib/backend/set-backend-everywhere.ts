import type { Tx } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";

/** Gives a new API its backend address in every catalog of the organization. Part of a use case's transaction. */
export async function setBackendEverywhere(
  tx: Tx,
  apiDefinitionId: string,
  organizationId: string,
  url: string,
): Promise<void> {
  const catalogs = await tx.catalog.findMany({ where: { organizationId }, select: { id: true } });
  await tx.backend.createMany({
    data: catalogs.map(({ id: catalogId }) => ({ id: newId(), apiDefinitionId, catalogId, url })),
  });
}
