import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { providerFrameOnce } from "#app/_server/read-once.ts";
import { EventTable } from "#components/audit/event-table.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { listEvents } from "#lib/audit/list-events.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage({ params, searchParams }: PageProps<"/provider/[organization]/audit">) {
  const { organization } = pageParams(await params);
  const { after } = pageInput.parse(await searchParams);
  const here = paths.audit(organization);
  const person = await requirePerson(here);
  const events = await forPage(here, async () => {
    const { id: organizationId } = (await providerFrameOnce(organization)).organization;
    return listEvents(person, { organizationId, after });
  });
  return (
    <>
      <PageHead title="Audit log" lead="Who did what, newest first. Nobody can change or delete an entry." />
      <EventTable events={events.rows} />
      <CursorPager label="audit events" here={here} after={after} next={events.next} />
    </>
  );
}
