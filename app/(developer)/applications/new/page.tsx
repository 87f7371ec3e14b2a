import type { Metadata } from "next";
import { requirePerson } from "#app/_server/actor.ts";
import { RegisterForm } from "#components/application/register-form.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { listApplicationOwners } from "#lib/application/list-application-owners.ts";
import { paths } from "#lib/paths.ts";
import { registerApplicationAction } from "../actions.ts";

export const metadata: Metadata = { title: "Register an application" };

export default async function NewApplicationPage() {
  const person = await requirePerson(paths.newApplication());
  const owners = listApplicationOwners(person);
  return (
    <>
      <PageHead
        crumbs={[{ label: "Applications", href: paths.applications() }]}
        title="Register an application"
        lead="It gets a client ID, which names it in each call, and a secret, which proves that the call is its own."
      />
      {owners.length === 0 ? (
        <EmptyState
          title="No organization to register it in"
          action={<LinkButton href={paths.newOrganization()}>Create an organization</LinkButton>}
        >
          An application belongs to an organization that uses APIs, so that it stays when people leave. Yours do not, or
          your role there allows reading only.
        </EmptyState>
      ) : (
        <RegisterForm organizations={owners} action={registerApplicationAction} />
      )}
    </>
  );
}
