"use server";

import type { z } from "zod";
import { setSessionCookie } from "#app/_server/session-cookie.ts";
import { withAction } from "#app/_server/with-action.ts";
import { changePassword } from "#lib/identity/change-password.ts";
import { endOtherSessions, endOwnSession } from "#lib/identity/end-own-session.ts";
import { changePasswordInput, endSessionInput, noInput } from "#lib/identity/identity.schema.ts";

const change = withAction(changePasswordInput, async (actor, input) => {
  const { endedSessions, sessionId } = await changePassword(actor, input);
  await setSessionCookie(sessionId);
  return { endedSessions };
});
const end = withAction(endSessionInput, async (actor, input) => {
  await endOwnSession(actor, input);
  return null;
});
const endOthers = withAction(noInput, (actor) => endOtherSessions(actor));

export async function changePasswordAction(input: z.input<typeof changePasswordInput>) {
  return change(input);
}
export async function endSessionAction(input: z.input<typeof endSessionInput>) {
  return end(input);
}
export async function endOtherSessionsAction() {
  return endOthers({});
}
