"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { changePassword } from "#lib/identity/change-password.ts";
import { changePasswordInput } from "#lib/identity/identity.schema.ts";

const change = withAction(changePasswordInput, (actor, input) => changePassword(actor, input));

export async function changePasswordAction(input: z.input<typeof changePasswordInput>) {
  return change(input);
}
