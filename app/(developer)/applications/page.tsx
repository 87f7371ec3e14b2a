import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { ApplicationList } from "#components/application/application-list.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { listApplications } from "#lib/application/list-applications.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Applications" };

export default async function ApplicationsPage({ searchParams }: PageProps<"/applications">) {
  const here = paths.applications();
  const person = await requirePerson(here);
  const { after } = pageInput.parse(await searchParams);
  const { rows, next } = await forPage(here, () => listApplications(person, { after }));
  const register = (
    <LinkButton href={paths.newApplication()} variant="primary" icon={<Plus aria-hidden="true" />}>
      Register an application
    </LinkButton>
  );
  return (
    <>
      <PageHead
        title="Applications"
        lead="An application is the caller of APIs: it holds the client IDs and secrets, and the subscriptions to plans."
        actions={rows.length > 0 && register}
      />
      {rows.length === 0 && !after ? (
        <EmptyState title="No applications yet" action={register}>
          Register the program that will call an API. It gets a client ID and a secret; then choose an API and a plan
          for it.
        </EmptyState>
      ) : (
        <ApplicationList applications={rows} />
      )}
      <CursorPager label="applications" here={here} after={after} next={next} />
    </>
  );
}
