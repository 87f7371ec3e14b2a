import type { Metadata } from "next";
import { forPage, requirePerson } from "#app/_server/actor.ts";
import { pageParams } from "#app/_server/params.ts";
import { providerFrameOnce } from "#app/_server/read-once.ts";
import { Invitations, InviteForm, MembersTable } from "#components/organization/members.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { CursorPager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Section } from "#components/ui/section.tsx";
import { mayIn } from "#lib/access/authorize.ts";
import { roles } from "#lib/access/permissions.ts";
import { env } from "#lib/env.ts";
import { plural } from "#lib/format.ts";
import { mayGrant, memberLock, roleWords } from "#lib/organization/organization.rules.ts";
import { listMembers } from "#lib/organization/read-organization.ts";
import { pageInput } from "#lib/page.ts";
import { paths } from "#lib/paths.ts";
import { text } from "#lib/text.schema.ts";
import { changeRoleAction, inviteAction, removeMemberAction, withdrawInvitationAction } from "./actions.ts";

export const metadata: Metadata = { title: "Members" };

const query = pageInput.extend({ q: text().max(200).optional().catch(undefined) });

export default async function MembersPage(props: PageProps<"/provider/[organization]/members">) {
  const { organization: slug } = pageParams(await props.params);
  const { q, after } = query.parse(await props.searchParams);
  const here = paths.members(slug);
  const person = await requirePerson(here);
  const { organization } = await forPage(here, () => providerFrameOnce(slug));
  const { members, total, owners, invitations } = await forPage(here, () =>
    listMembers(person, { organization: slug, q, after }),
  );
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
      {(total > members.rows.length || q) && (
        <div className="mb-2 flex flex-wrap items-center gap-3">
          <p className="flex-1 text-12 text-ink-3">{plural(total, "member")} in all</p>
          <SearchField action={here} label="Find members" defaultValue={q} className="max-md:w-full" />
        </div>
      )}
      {members.rows.length === 0 ? (
        <EmptyState title="No member matches">Search looks at names and e-mail addresses.</EmptyState>
      ) : (
        <MembersTable
          members={members.rows.map((m) => ({
            ...m,
            self: m.userId === person.userId,
            locked: memberLock(person, organization.id, m, owners),
          }))}
          roles={options}
          {...(manages && { manage: { changeRole: changeRoleAction, remove: removeMemberAction } })}
        />
      )}
      <CursorPager label="members" here={here} after={after} next={members.next} {...(q && { keep: { q } })} />
      {manages && (
        <Section title="Invite a person">
          <InviteForm
            roles={grantable}
            linkBase={`${env().PORTAL_URL}${paths.invitation("")}`}
            action={inviteAction.bind(null, slug)}
          />
        </Section>
      )}
      {manages && invitations.rows.length > 0 && (
        <Section title="Open invitations">
          <Invitations invitations={invitations.rows} withdraw={withdrawInvitationAction} />
          {invitations.more && (
            <p className="mt-2 text-12 text-ink-3">
              These are the {invitations.rows.length} newest. Older ones show as these are accepted, withdrawn or over.
            </p>
          )}
        </Section>
      )}
    </>
  );
}
