import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db/client.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import type { ShownOnce } from "./credential.schema.ts";
import { type CredentialRef, credentialRef } from "./credential.schema.ts";
import { addSecret, prepareSecret } from "./issue-credential.ts";
import { auditTarget, loadCredential, lockActive } from "./load-credential.ts";

/** Gives the same client ID a new secret (S107); the old one ends at once. The new one is in this answer and nowhere else. */
export async function resetSecret(actor: Actor, input: CredentialRef, clock = systemClock): Promise<ShownOnce> {
  const permit = authorize(actor, "credential:write");
  const { credentialId } = credentialRef.parse(input);
  const credential = await loadCredential(permit, credentialId, "resetSecret", clock());
  const { clientId, environment, name } = credential;
  const prepared = await prepareSecret(environment, { by: actor, clientId });
  const xid = await transaction(async (tx) => {
    await lockActive(tx, credentialId);
    await tx.credentialSecret.deleteMany({ where: { credentialId } });
    await addSecret(tx, credentialId, prepared);
    await recordEvent(tx, permit, "credential.secret-reset", auditTarget(credential), { clientId });
    return recordChange(tx, "credential", credentialId);
  });
  const live = await waitUntilLive(xid, actor);
  return { credentialId, name, environment, clientId, secret: prepared.secret, live };
}
