"use server";

import { headers } from "next/headers";
import type { z } from "zod";
import { clientAddress } from "#app/_server/client-address.ts";
import { withAction } from "#app/_server/with-action.ts";
import { signUpInput } from "#lib/identity/identity.schema.ts";
import { signUp } from "#lib/identity/sign-up.ts";
import { text } from "#lib/text.schema.ts";

/** `invitation` is the token of the link that the person comes by. */
const input = signUpInput.extend({ invitation: text().max(100).optional() });

const run = withAction(input, async (_actor, { invitation, ...person }) => {
  await signUp(person, { address: clientAddress(await headers()), ...(invitation !== undefined && { invitation }) });
  return null;
});

export async function signUpAction(fields: z.input<typeof input>) {
  return run(fields);
}
