import { z } from "zod";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { networkProblem } from "#lib/net/network-list.ts";
import { name, text } from "#lib/text.schema.ts";
import type { CredentialState } from "./credential.rules.ts";

export const environments = ["sandbox", "production"] as const;
export type Environment = (typeof environments)[number];

export const credentialName = name().min(1, "Give the credential a name.").max(60, "At most 60 characters.");
export const credentialDescription = text().trim().max(300, "At most 300 characters.").default("");

/** Addresses and networks that a credential works from; empty: all (G31). */
export const credentialNetworks = z
  .array(text().trim())
  .max(50, "At most 50 addresses and networks.")
  .superRefine((entries, context) => {
    const [problem] = entries.flatMap((entry) => networkProblem(entry) ?? []);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });
/** IDs of the API definitions that a credential works for; empty: all that the application is subscribed to. */
export const credentialScope = z.array(z.uuid()).max(100, "At most 100 APIs.");

export const createCredentialInput = z
  .object({
    applicationId: z.uuid(),
    environment: z.enum(environments),
    name: credentialName,
    description: credentialDescription,
    networks: credentialNetworks.default([]),
    scope: credentialScope.default([]),
  })
  .strict();
export type CreateCredentialInput = z.input<typeof createCredentialInput>;

export const updateCredentialInput = z
  .object({
    credentialId: z.uuid(),
    name: credentialName,
    description: credentialDescription,
    /** Left out: they stay as they are. */
    networks: credentialNetworks.optional(),
    scope: credentialScope.optional(),
  })
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
  networks: string[];
  scope: string[];
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
