import { Status } from "#components/ui/status.tsx";
import { NoRows, RowLink, Table, Td, Th } from "#components/ui/table.tsx";
import { formatMoment, formatNumber, plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";

interface ApiLine {
  id: string;
  title: string;
  version: string;
  basePath: string;
  operationCount: number;
  errorCount: number;
  updatedAt: Date;
  liveIn: string[];
}

interface ApiTableProps {
  organization: string;
  apis: ApiLine[];
  /** Said when the search found nothing. */
  empty: string;
}

/** Draft APIs, last changed first. */
export function ApiTable({ organization, apis, empty }: ApiTableProps) {
  return (
    <Table label="Draft APIs">
      <thead>
        <tr>
          <Th>API</Th>
          <Th>Base path</Th>
          <Th numeric>Operations</Th>
          <Th>State</Th>
          <Th>Changed</Th>
        </tr>
      </thead>
      <tbody>
        {apis.map((api) => (
          <tr key={api.id}>
            <Td names>
              <RowLink href={paths.draftApi(organization, api.id)}>{api.title}</RowLink>{" "}
              <span className="font-mono text-12 text-ink-3">{api.version}</span>
            </Td>
            <Td label="Base path" mono className="wrap-anywhere">
              {api.basePath || <span className="text-ink-3">none</span>}
            </Td>
            <Td label="Operations" numeric>
              {formatNumber(api.operationCount)}
            </Td>
            <Td label="State">
              <span className="flex flex-wrap gap-x-3 gap-y-0.5">
                {api.liveIn.map((catalog) => (
                  <Status key={catalog} state="published">
                    {catalog}
                  </Status>
                ))}
                {api.liveIn.length === 0 && <Status state="draft" />}
                {api.errorCount > 0 && <Status state="error">{plural(api.errorCount, "error")}</Status>}
              </span>
            </Td>
            <Td label="Changed" className="text-ink-2 md:whitespace-nowrap">
              {formatMoment(api.updatedAt)}
            </Td>
          </tr>
        ))}
        {apis.length === 0 && <NoRows columns={5}>{empty}</NoRows>}
      </tbody>
    </Table>
  );
}
