"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { changeRole, removeMember } from "#lib/organization/change-member.ts";
import { inviteMember, withdrawInvitation } from "#lib/organization/invite-member.ts";
import { changeRoleInput, inviteMemberInput } from "#lib/organization/organization.schema.ts";
import { text } from "#lib/text.schema.ts";

const inviteInput = inviteMemberInput.extend({ organization: text() });
const memberRef = z.strictObject({ membershipId: z.uuid() });
const invitationRef = z.strictObject({ id: z.uuid() });

const invite = withAction(inviteInput, async (actor, { organization, ...input }) => {
  const { token } = await inviteMember(actor, organization, input);
  return { token, email: input.email };
});
const change = withAction(changeRoleInput, async (actor, { membershipId, role }) => {
  await changeRole(actor, membershipId, role);
  return null;
});
const remove = withAction(memberRef, async (actor, { membershipId }) => {
  await removeMember(actor, membershipId);
  return null;
});
const withdraw = withAction(invitationRef, async (actor, { id }) => {
  await withdrawInvitation(actor, id);
  return null;
});

export async function inviteAction(organization: string, input: { email: string; role: string }) {
  return invite({ organization, ...input } as z.input<typeof inviteInput>);
}
export async function changeRoleAction(input: { membershipId: string; role: string }) {
  return change(input as z.input<typeof changeRoleInput>);
}
export async function removeMemberAction(input: z.input<typeof memberRef>) {
  return remove(input);
}
export async function withdrawInvitationAction(input: z.input<typeof invitationRef>) {
  return withdraw(input);
}
