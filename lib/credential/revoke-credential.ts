import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db/client.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { type CredentialRef, credentialRef } from "./credential.schema.ts";
import { auditTarget, loadCredential, lockActive } from "./load-credential.ts";

/** Ends a credential for good. Answers once the gateways that are alive refuse it; `live` says whether all do. */
export async function revokeCredential(
  actor: Actor,
  input: CredentialRef,
  clock = systemClock,
): Promise<{ name: string; applicationId: string; live: LiveState }> {
  const permit = authorize(actor, "credential:write");
  const { credentialId } = credentialRef.parse(input);
  const now = clock();
  const credential = await loadCredential(permit, credentialId, "revoke", now);
  const xid = await transaction(async (tx) => {
    await lockActive(tx, credentialId);
    await tx.credential.update({ where: { id: credentialId }, data: { status: "revoked", revokedAt: now } });
    // The secrets end of themselves too: whoever reads them without the credential sees that they are over.
    await tx.credentialSecret.updateMany({ where: { credentialId, notAfter: null }, data: { notAfter: now } });
    await recordEvent(tx, permit, "credential.revoked", auditTarget(credential), { clientId: credential.clientId });
    return recordChange(tx, "credential", credentialId);
  });
  return { name: credential.name, applicationId: credential.applicationId, live: await waitUntilLive(xid, actor) };
}
