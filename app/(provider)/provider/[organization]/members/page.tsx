import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { providerFrameOnce } from "#app/_server/read-once.ts";
import { Invitations, InviteForm, MembersTable } from "#components/organization/members.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Section } from "#components/ui/section.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { roles } from "#lib/access/permissions.ts";
import { env } from "#lib/env.ts";
import { mayGrant, memberLock, roleWords } from "#lib/organization/organization.rules.ts";
import { listMembers } from "#lib/organization/read-organization.ts";
import { paths } from "#lib/paths.ts";
import { changeRoleAction, inviteAction, removeMemberAction, withdrawInvitationAction } from "./actions.ts";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage({ params }: PageProps<"/provider/[organization]/members">) {
  const { organization: slug } = pageParams(await params);
  const here = paths.members(slug);
  const person = await requirePerson(here);
  const { organization } = await forPage(here, () => providerFrameOnce(slug));
  const { members, invitations } = await forPage(here, () => listMembers(person, slug));
  const manages = mayIn(person, "member:manage", organization.id);
  const options = roles.map((role) => ({
    value: role,
    label: role[0]?.toUpperCase() + role.slice(1),
    note: roleWords[role],
  }));
  const grantable = options.filter((o) => mayGrant(person, organization.id, o.value as (typeof roles)[number]));
  return (
    <>
      <PageHead
        crumbs={[{ label: organization.name, href: paths.provider(slug) }]}
        title="Members"
        lead="A person leaving changes nothing that the organization owns."
      />
      <MembersTable
        members={members.map((m) => ({
          ...m,
          self: m.userId === person.userId,
          locked: memberLock(person, organization.id, m, members),
        }))}
        roles={options}
        {...(manages && { manage: { changeRole: changeRoleAction, remove: removeMemberAction } })}
      />
      {manages && (
        <Section title="Invite a person">
          <InviteForm
            roles={grantable}
            linkBase={`${env().PORTAL_URL}${paths.invitation("")}`}
            action={inviteAction.bind(null, slug)}
          />
        </Section>
      )}
      {manages && invitations.length > 0 && (
        <Section title="Open invitations">
          <Invitations invitations={invitations} withdraw={withdrawInvitationAction} />
        </Section>
      )}
    </>
  );
}
