import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { EventTable } from "#components/audit/event-table.tsx";
import { InstallationHead } from "#components/installation/installation-head.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { listInstallationEvents } from "#lib/audit/list-events.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Audit log of the installation" };

export default async function InstallationAuditPage({ searchParams }: PageProps<"/installation/audit">) {
  const { after } = pageInput.parse(await searchParams);
  const here = paths.installationAudit();
  const person = await requirePerson(here);
  const events = await forPage(here, () => listInstallationEvents(person, { after }));
  return (
    <>
      <InstallationHead
        title="Audit log"
        lead="What administrators did to the installation, who signed in, and what was refused, newest first. Nobody can change or delete an entry; refusals are kept for 90 days, and of many alike the first ten."
      />
      <div className="mt-4">
        {events.rows.length === 0 ? (
          <EmptyState title="Nothing has happened yet">
            Who becomes an administrator stands here, which gateways are dismissed, who signs in, and what is refused.
          </EmptyState>
        ) : (
          <EventTable events={events.rows} />
        )}
        <CursorPager label="audit events" here={here} after={after} next={events.next} />
      </div>
    </>
  );
}
