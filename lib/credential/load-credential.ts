import { ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { db, type Tx } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { type CredentialAction, whyNot } from "./credential.rules.ts";

const select = {
  id: true,
  clientId: true,
  name: true,
  description: true,
  environment: true,
  status: true,
  expiresAt: true,
  networks: true,
  scope: true,
  applicationId: true,
  application: { select: { organizationId: true } },
} as const;

/**
 * A developer's credential in the reach of the permit, in a state that allows the action. Throws NOT_FOUND for a
 * foreign, a random, a test and an explore credential alike, STATE_INVALID with the reason of the rules.
 */
export async function loadCredential(permit: Permit, credentialId: string, action: CredentialAction, now: Date) {
  const credential = await db().credential.findFirst({
    where: { id: credentialId, kind: "standard", ...ownedThrough("application", permit) },
    select,
  });
  if (!credential) throw notFound();
  const reason = whyNot(action, credential, now);
  if (reason) throw new AppError("STATE_INVALID", { detail: reason });
  return credential;
}

/** Takes the row of a credential that is still active; throws CONFLICT when it was revoked in the meantime. */
export async function lockActive(tx: Tx, credentialId: string): Promise<void> {
  const there = await lockRows(tx, { Credential: toChange(credentialId) });
  const active = there && (await tx.credential.count({ where: { id: credentialId, status: "active" } })) > 0;
  if (!active) throw new AppError("CONFLICT", { detail: "It was revoked in the meantime." });
}

/** What the audit log says of a credential. */
export const auditTarget = (c: { id: string; name: string; application: { organizationId: string } }) => ({
  organizationId: c.application.organizationId,
  type: "credential",
  id: c.id,
  name: c.name,
});
