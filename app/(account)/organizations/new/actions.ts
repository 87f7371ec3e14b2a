"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { createOrganization } from "#lib/organization/create-organization.ts";
import { createOrganizationInput } from "#lib/organization/organization.schema.ts";

const create = withAction(createOrganizationInput, async (actor, input) => {
  const { slug } = await createOrganization(actor, input);
  return { slug };
});

export async function createOrganizationAction(input: z.input<typeof createOrganizationInput>) {
  return create(input);
}
