"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { updateOrganizationInput } from "#lib/organization/organization.schema.ts";
import { updateOrganization } from "#lib/organization/update-organization.ts";

export async function updateOrganizationAction(slug: string, input: z.input<typeof updateOrganizationInput>) {
  const update = withAction(updateOrganizationInput, async (actor, fields) => {
    await updateOrganization(actor, slug, fields);
    return { slug };
  });
  return update(input);
}
