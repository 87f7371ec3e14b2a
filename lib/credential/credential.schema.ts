import { z } from "zod";
import type { LiveState } from "#lib/gateway-feed/wait-until-live.ts";
import type { CredentialState } from "./credential.rules.ts";

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

/** A credential as pages show it: of its secret the last four characters, never a hash or a verifier. */
export interface CredentialDto {
  id: string;
  clientId: string;
  name: string;
  description: string;
  environment: Environment;
  status: "active" | "revoked";
  state: CredentialState;
  last4: string;
  createdAt: Date;
  secretCreatedAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** The one answer that holds a secret: of creation and of a reset. */
export interface ShownOnce {
  credentialId: string;
  name: string;
  environment: Environment;
  clientId: string;
  secret: string;
  /** Which gateways know it already. */
  live: LiveState;
}
