import { db, type Tx } from "#lib/db/client.ts";

export interface ApplicationForGateway {
  id: string;
  suspended: boolean;
  /** For variables of assemblies, as are the organization's. */
  name: string;
  organizationId: string;
  organizationName: string;
}

/** Reads all applications, or those of `ids`. */
export async function readApplicationsForGateway(
  ids?: readonly string[],
  tx: Tx = db(),
): Promise<ApplicationForGateway[]> {
  const rows = await tx.application.findMany({
    where: ids ? { id: { in: [...ids] } } : {},
    select: { id: true, state: true, name: true, organizationId: true },
  });
  // One text for all applications of an organization: a hundred thousand of them stay small.
  const organizations = await tx.organization.findMany({
    where: ids ? { id: { in: [...new Set(rows.map((row) => row.organizationId))] } } : {},
    select: { id: true, name: true },
  });
  const byId = new Map(organizations.map((organization) => [organization.id, organization]));
  return rows.map(({ id, state, name, organizationId }) => {
    const organization = byId.get(organizationId);
    return {
      id,
      suspended: state === "suspended",
      name,
      organizationId: organization?.id ?? organizationId,
      organizationName: organization?.name ?? "",
    };
  });
}
