import { Status } from "#components/ui/status.tsx";
import { RowLink, Table, Td, Th } from "#components/ui/table.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ApplicationLine } from "#lib/application/application.schema.ts";
import { environmentTitle } from "#lib/credential/credential.rules.ts";
import { formatMoment, plural } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";

/** One row an application: what it may call, where it has credentials, when it called last. */
export function ApplicationList({ applications }: { applications: ApplicationLine[] }) {
  return (
    <Table label="Applications">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Subscriptions</Th>
          <Th>Credentials</Th>
          <Th>Last used</Th>
          <Th>Status</Th>
        </tr>
      </thead>
      <tbody>
        {applications.map((application) => (
          <tr key={application.id}>
            <Td names>
              <RowLink href={paths.application(application.id)}>{application.name}</RowLink>
              <span className="block text-12 text-ink-3">{application.organization.name}</span>
            </Td>
            <Td label="Subscriptions">
              <Subscriptions of={application} />
            </Td>
            <Td label="Credentials">
              {application.credentials === 0
                ? "None"
                : `${plural(application.credentials, "credential")}, ${application.environments.map((e) => environmentTitle[e]).join(" and ")}`}
            </Td>
            <Td label="Last used">{application.lastUsedAt ? formatMoment(application.lastUsedAt) : "Never"}</Td>
            <Td label="Status">
              <Status state={application.state} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** More than this many are counted, not named. */
const NAMED_MAX = 3;

function Subscriptions({ of: { subscriptions } }: { of: ApplicationLine }) {
  if (subscriptions.length === 0) return <span className="text-ink-3">None yet</span>;
  const more = subscriptions.length - NAMED_MAX;
  return (
    <ul className="grid gap-1">
      {subscriptions.slice(0, NAMED_MAX).map((s) => (
        <li key={s.id} className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="min-w-0 wrap-anywhere">
            {s.product} <span className="text-ink-3">{s.catalog}</span>
          </span>
          <Tag>{s.plan}</Tag>
          {s.state !== "active" && <Status state={s.state} />}
        </li>
      ))}
      {more > 0 && <li className="text-12 text-ink-3">and {plural(more, "more", "more")}</li>}
    </ul>
  );
}
