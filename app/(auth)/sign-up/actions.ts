"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { signUpInput } from "#lib/identity/identity.schema.ts";
import { signUp } from "#lib/identity/sign-up.ts";

const input = signUpInput.extend({ invited: z.boolean() });

const run = withAction(input, async (_actor, { invited, ...person }) => {
  await signUp(person, { withOrganization: !invited });
  return null;
});

export async function signUpAction(fields: z.input<typeof input>) {
  return run(fields);
}
