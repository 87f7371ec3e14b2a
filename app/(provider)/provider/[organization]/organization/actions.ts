"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { updateOrganizationInput } from "#lib/organization/organization.schema.ts";
import { updateOrganization } from "#lib/organization/update-organization.ts";
import { word } from "#lib/text.schema.ts";

/** `slug` is the organization's. */
const input = updateOrganizationInput.safeExtend({ slug: word() });

const update = withAction(input, async (actor, { slug, ...fields }) => {
  await updateOrganization(actor, slug, fields);
  return { slug };
});

export async function updateOrganizationAction(slug: string, fields: z.input<typeof updateOrganizationInput>) {
  return update({ ...fields, slug });
}
