import type { Prisma } from "#lib/db/generated/client.ts";
import type { LiveState } from "#lib/gateway-feed/wait-until-live.ts";
import { type CredentialState, credentialState } from "./credential.rules.ts";
import type { Environment } from "./credential.schema.ts";

/** What is read of a credential: of its secrets the last four characters, never a hash or a verifier. */
export const credentialSelect = {
  id: true,
  clientId: true,
  name: true,
  description: true,
  environment: true,
  status: true,
  expiresAt: true,
  createdAt: true,
  revokedAt: true,
  lastUsedAt: true,
  secrets: { select: { last4: true, createdAt: true }, orderBy: { createdAt: "desc" }, take: 1 },
} as const satisfies Prisma.CredentialSelect;

export type CredentialRow = Prisma.CredentialGetPayload<{ select: typeof credentialSelect }>;

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

export function toCredentialDto(row: CredentialRow, now: Date): CredentialDto {
  const { secrets, ...rest } = row;
  return {
    ...rest,
    state: credentialState(row, now),
    last4: secrets[0]?.last4 ?? "",
    secretCreatedAt: secrets[0]?.createdAt ?? row.createdAt,
  };
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
