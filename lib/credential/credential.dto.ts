import type { Prisma } from "#lib/db/generated/client.ts";
import { credentialState } from "./credential.rules.ts";
import type { CredentialDto } from "./credential.schema.ts";

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
  networks: true,
  scope: true,
  secrets: { select: { last4: true, createdAt: true }, orderBy: { createdAt: "desc" }, take: 1 },
} as const satisfies Prisma.CredentialSelect;

export type CredentialRow = Prisma.CredentialGetPayload<{ select: typeof credentialSelect }>;

export function toCredentialDto(row: CredentialRow, now: Date): CredentialDto {
  const { secrets, ...rest } = row;
  return {
    ...rest,
    state: credentialState(row, now),
    last4: secrets[0]?.last4 ?? "",
    secretCreatedAt: secrets[0]?.createdAt ?? row.createdAt,
  };
}
