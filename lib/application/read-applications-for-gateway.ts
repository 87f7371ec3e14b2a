import type { Tx } from "#lib/db/client.ts";
import type { BulkReader } from "#lib/db/read-in-bulk.ts";

export interface ApplicationForGateway {
  id: string;
  suspended: boolean;
  /** For variables of assemblies, as are the organization's. */
  name: string;
  organizationId: string;
  organizationName: string;
}

/** Reads the applications of `ids`. */
export async function readApplicationsForGateway(ids: readonly string[], tx: Tx): Promise<ApplicationForGateway[]> {
  const rows = await tx.application.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, state: true, name: true, organizationId: true, organization: { select: { name: true } } },
  });
  return rows.map(({ state, organization, ...row }) => ({
    ...row,
    suspended: state === "suspended",
    organizationName: organization.name,
  }));
}

interface Row {
  id: string;
  suspended: boolean;
  name: string;
  organizationId: string;
}

/** Yields all applications, some thousand at a time. */
export async function* readAllApplications(reader: BulkReader): AsyncGenerator<ApplicationForGateway[]> {
  const all = await reader.rows<{ id: string; name: string }>('select id, name from "Organization"');
  // One text for all applications of an organization: a hundred thousand of them stay small.
  const organizations = new Map(all.map((organization) => [organization.id, organization]));
  const sql = `select id, state = 'suspended' as suspended, name, "organizationId" from "Application"`;
  for await (const rows of reader.pages<Row>(sql)) {
    yield rows.map(({ id, suspended, name, organizationId }) => {
      const organization = organizations.get(organizationId);
      return {
        id,
        suspended,
        name,
        organizationId: organization?.id ?? organizationId,
        organizationName: organization?.name ?? "",
      };
    });
  }
}
