import { z } from "zod";

export const environments = ["sandbox", "production"] as const;
export type Environment = (typeof environments)[number];

export const credentialName = z.string().trim().min(1, "Give the credential a name.").max(60, "At most 60 characters.");
export const credentialDescription = z.string().trim().max(300, "At most 300 characters.").default("");

export const createCredentialInput = z
  .object({
    applicationId: z.uuid(),
    environment: z.enum(environments),
    name: credentialName,
    description: credentialDescription,
  })
  .strict();
export type CreateCredentialInput = z.input<typeof createCredentialInput>;

export const updateCredentialInput = z
  .object({ credentialId: z.uuid(), name: credentialName, description: credentialDescription })
  .strict();
export type UpdateCredentialInput = z.input<typeof updateCredentialInput>;

export const credentialRef = z.object({ credentialId: z.uuid() }).strict();
export type CredentialRef = z.input<typeof credentialRef>;
