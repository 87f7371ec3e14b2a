"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Note } from "#components/ui/note.tsx";
import { Select } from "#components/ui/select.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { formatDate } from "#lib/format.ts";
import { paths } from "#lib/paths.ts";

export interface MemberRow {
  id: string;
  name: string;
  email: string;
  role: string;
  createdAt: Date;
  /** The signed-in person. */
  self: boolean;
  /** Why role and membership cannot be changed now. */
  locked: string | null;
}

export interface InvitationRow {
  id: string;
  email: string;
  role: string;
  expiresAt: Date;
}

interface MembersTableProps {
  members: MemberRow[];
  roles: { value: string; label: string; note?: string }[];
  /** Missing where the person may not manage members. */
  manage?: {
    changeRole: (input: { membershipId: string; role: string }) => Promise<ActionAnswer<null>>;
    remove: (input: { membershipId: string }) => Promise<ActionAnswer<null>>;
  };
}

/** Who belongs to the organization; role and removal in place where allowed. */
export function MembersTable({ members, roles, manage }: MembersTableProps) {
  const router = useRouter();
  const [problem, setProblem] = useState<string>();
  const settle = async (answer: ActionAnswer<null>) => {
    setProblem(answer.ok ? undefined : answer.message);
    router.refresh();
  };
  return (
    <div className="grid gap-3">
      <div role="status">{problem && <Note tone="bad">{problem}</Note>}</div>
      <Table label="Members">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Role</Th>
            <Th>Since</Th>
            {manage && <Th hidden>Actions</Th>}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.id}>
              <Td names>
                <div className="font-semibold">
                  {member.name}
                  {member.self && <span className="font-normal text-ink-3"> (you)</span>}
                </div>
                <div className="text-12 text-ink-3 wrap-anywhere">{member.email}</div>
              </Td>
              <Td label="Role">
                {manage ? (
                  <Select
                    // A refused change shows the stored role again.
                    key={member.role + (problem ?? "")}
                    label={`Role of ${member.name}`}
                    options={roles}
                    defaultValue={member.role}
                    disabled={member.locked !== null}
                    onChange={async (role) => settle(await manage.changeRole({ membershipId: member.id, role }))}
                    className="w-40"
                  />
                ) : (
                  <span className="capitalize">{member.role}</span>
                )}
              </Td>
              <Td label="Since">{formatDate(member.createdAt)}</Td>
              {manage && (
                <Td className="md:text-end">
                  <ConfirmButton
                    label={member.self ? "Leave…" : "Remove…"}
                    {...(!member.self && { of: member.name })}
                    variant="ghost"
                    size="sm"
                    title={member.self ? "Leave the organization?" : `Remove ${member.name}?`}
                    stops={`${member.self ? "You lose" : "They lose"} access at once. Applications, credentials and APIs of the organization go on.`}
                    confirm={member.self ? "Leave organization" : `Remove ${member.name}`}
                    {...(member.locked && { disabledReason: member.locked })}
                    action={async () => {
                      const answer = await manage.remove({ membershipId: member.id });
                      if (!answer.ok) return answer.message;
                      if (member.self) router.push(paths.account());
                      router.refresh();
                      return undefined;
                    }}
                  />
                </Td>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

interface InviteFormProps {
  roles: { value: string; label: string; note?: string }[];
  /** Origin and path of an invitation without its token. */
  linkBase: string;
  action: (input: { email: string; role: string }) => Promise<ActionAnswer<{ token: string; email: string }>>;
}

/** Invites by e-mail address; shows the link once, to be passed on. */
export function InviteForm({ roles, linkBase, action }: InviteFormProps) {
  const router = useRouter();
  const [link, setLink] = useState<{ url: string; email: string }>();
  const form = useActionForm(action, {
    read: (data) => ({ email: textOf(data, "email"), role: textOf(data, "role") }),
    onDone: ({ token, email }) => {
      setLink({ url: linkBase + token, email });
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
      <div className="grid items-start gap-4 md:grid-cols-[minmax(0,1fr)_12rem_auto]">
        <Field label="E-mail address" name="email" error={form.errorOf("email")}>
          <TextInput type="email" autoComplete="off" />
        </Field>
        <Field label="Role" name="role" error={form.errorOf("role")}>
          <Select options={roles} defaultValue="developer" />
        </Field>
        <div className="md:pt-[22px]">
          <Button type="submit" variant="primary" busy={form.pending}>
            Create invitation
          </Button>
        </div>
      </div>
      <div role="status">
        {link && (
          <div className="grid gap-1.5">
            <p>
              Send this link to <b>{link.email}</b>. It works for seven days, once, for that address only, and is not
              shown again.
            </p>
            <ShownOnce value={link.url} label="invitation link" />
          </div>
        )}
      </div>
    </form>
  );
}

interface InvitationsProps {
  invitations: InvitationRow[];
  withdraw: (input: { id: string }) => Promise<ActionAnswer<null>>;
}

/** Invitations that nobody has accepted yet. */
export function Invitations({ invitations, withdraw }: InvitationsProps) {
  const router = useRouter();
  return (
    <Table label="Open invitations">
      <thead>
        <tr>
          <Th>E-mail address</Th>
          <Th>Role</Th>
          <Th>Until</Th>
          <Th hidden>Actions</Th>
        </tr>
      </thead>
      <tbody>
        {invitations.map((invitation) => (
          <tr key={invitation.id}>
            <Td names className="wrap-anywhere">
              {invitation.email}
            </Td>
            <Td label="Role">
              <span className="capitalize">{invitation.role}</span>
            </Td>
            <Td label="Until">{formatDate(invitation.expiresAt)}</Td>
            <Td className="md:text-end">
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Withdraw the invitation of ${invitation.email}`}
                onClick={async () => {
                  await withdraw({ id: invitation.id });
                  router.refresh();
                }}
              >
                Withdraw
              </Button>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
