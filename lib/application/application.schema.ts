import { z } from "zod";
import { environments } from "#lib/credential/credential.schema.ts";

export const applicationName = z
  .string()
  .trim()
  .min(1, "Give the application a name.")
  .max(80, "At most 80 characters.");
export const applicationDescription = z.string().trim().max(500, "At most 500 characters.").default("");

export const registerApplicationInput = z
  .object({
    organizationId: z.uuid("Choose an organization."),
    name: applicationName,
    description: applicationDescription,
    environment: z.enum(environments),
  })
  .strict();
export type RegisterApplicationInput = z.input<typeof registerApplicationInput>;

export const updateApplicationInput = z
  .object({ applicationId: z.uuid(), name: applicationName, description: applicationDescription })
  .strict();
export type UpdateApplicationInput = z.input<typeof updateApplicationInput>;

export const deleteApplicationInput = z.object({ applicationId: z.uuid(), confirmName: z.string() }).strict();
export type DeleteApplicationInput = z.input<typeof deleteApplicationInput>;

export const applicationRef = z.object({ applicationId: z.uuid() }).strict();
export type ApplicationRef = z.input<typeof applicationRef>;
