"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { acceptInvitation } from "#lib/organization/accept-invitation.ts";
import { text } from "#lib/text.schema.ts";

const input = z.strictObject({ token: text().max(100) });

const accept = withAction(input, async (actor, { token }) => {
  const { organization } = await acceptInvitation(actor, token);
  return { slug: organization.slug, isProvider: organization.isProvider };
});

export async function acceptInvitationAction(raw: z.input<typeof input>) {
  return accept(raw);
}
