import { z } from "zod";
import { roles } from "#lib/access/permissions.ts";
import { emailInput } from "#lib/identity/identity.schema.ts";
import { name } from "#lib/text.schema.ts";

export const organizationNameInput = name()
  .min(2, "Enter a name of at least 2 characters")
  .max(80, "Use at most 80 characters");

export const createOrganizationInput = z
  .strictObject({ name: organizationNameInput, isProvider: z.boolean(), isConsumer: z.boolean() })
  .refine((o) => o.isProvider || o.isConsumer, {
    path: ["isProvider"],
    message: "Choose at least one: publish APIs, use APIs",
  });

export const updateOrganizationInput = createOrganizationInput;

export const roleInput = z.enum(roles, { error: "Choose a role" });

export const inviteMemberInput = z.strictObject({ email: emailInput, role: roleInput });

export const changeRoleInput = z.strictObject({ membershipId: z.uuid(), role: roleInput });

export type CreateOrganizationInput = z.infer<typeof createOrganizationInput>;
export type InviteMemberInput = z.infer<typeof inviteMemberInput>;
