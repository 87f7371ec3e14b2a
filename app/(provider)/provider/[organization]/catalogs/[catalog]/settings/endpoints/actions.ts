"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { resetTestCredential } from "#lib/catalog/reset-test-credential.ts";

const catalogRef = z.strictObject({ catalogId: z.uuid() });

const reset = withAction(catalogRef, (actor, { catalogId }) => resetTestCredential(actor, catalogId));

export async function resetTestCredentialAction(input: z.input<typeof catalogRef>) {
  return reset(input);
}
