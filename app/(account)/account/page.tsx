import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "#app/_server/actor.ts";
import { ChangePasswordForm } from "#components/identity/change-password-form.tsx";
import { Sessions } from "#components/identity/sessions.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Section } from "#components/ui/section.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { TitleBlock } from "#components/ui/title-block.tsx";
import { listSessions } from "#lib/identity/list-sessions.ts";
import { paths } from "#lib/paths.ts";
import { changePasswordAction, endOtherSessionsAction, endSessionAction } from "./actions.ts";

export const metadata: Metadata = { title: "Account" };

const does = (m: { isProvider: boolean; isConsumer: boolean }): string =>
  [m.isProvider && "Publishes APIs", m.isConsumer && "Uses APIs"].filter(Boolean).join(", ");

export default async function AccountPage() {
  const person = await requirePerson(paths.account());
  const create = <LinkButton href={paths.newOrganization()}>Create an organization</LinkButton>;
  return (
    <>
      <PageHead title="Account" lead="Who you are here, and the organizations you work in." />
      <TitleBlock
        facts={[
          { label: "Name", value: person.name },
          { label: "E-mail address", value: person.email, grow: true },
        ]}
      />
      <Section title="Organizations" actions={person.memberships.length > 0 && create}>
        {person.memberships.length === 0 ? (
          <EmptyState title="No organization yet" action={create}>
            Applications and APIs belong to an organization, so that a team can share them.
          </EmptyState>
        ) : (
          <Table label="Organizations">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Your role</Th>
                <Th>What it does</Th>
              </tr>
            </thead>
            <tbody>
              {person.memberships.map((m) => (
                <tr key={m.organizationId}>
                  <Td names>
                    <Link href={paths.members(m.organizationSlug)} className="link font-semibold">
                      {m.organizationName}
                    </Link>
                  </Td>
                  <Td label="Your role">
                    <span className="capitalize">{m.role}</span>
                  </Td>
                  <Td label="What it does">{does(m)}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Section>
      <Section title="Sessions" note="Where you are signed in. A session ends by itself after fourteen days.">
        <Sessions sessions={await listSessions(person)} end={endSessionAction} endOthers={endOtherSessionsAction} />
      </Section>
      <Section title="Password" note="Changing it ends every other session of yours.">
        <ChangePasswordForm action={changePasswordAction} />
      </Section>
    </>
  );
}
