import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { addSecret, prepareSecret } from "#lib/credential/issue-credential.ts";
import { seal } from "#lib/crypto/seal.ts";
import { db, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";

/** Gives a sandbox's test application a new secret under the same client ID; the old one stops at once. */
export async function resetTestCredential(actor: Actor, catalogId: string): Promise<LiveState> {
  const permit = authorize(actor, "catalog:manage");
  const row = await db().sandboxTestCredential.findFirst({
    where: { catalogId, ...ownedThrough("catalog", permit) },
    select: {
      credentialId: true,
      credential: { select: { clientId: true } },
      catalog: { select: { organizationId: true, title: true } },
    },
  });
  if (!row) throw notFound();
  const prepared = await prepareSecret("sandbox", { by: actor, clientId: row.credential.clientId });
  const sealed = seal(prepared.secret, catalogId);
  const xid = await transaction(async (tx) => {
    await lockRows(tx, { Credential: toChange(row.credentialId) });
    await tx.credentialSecret.deleteMany({ where: { credentialId: row.credentialId } });
    await addSecret(tx, row.credentialId, prepared);
    await tx.sandboxTestCredential.update({
      where: { catalogId },
      data: { sealedSecret: sealed.box, sealKeyId: sealed.keyId },
    });
    const { organizationId, title } = row.catalog;
    await recordEvent(tx, permit, "test-credential.reset", {
      organizationId,
      type: "catalog",
      id: catalogId,
      name: title,
    });
    return recordChange(tx, "credential", row.credentialId);
  });
  return waitUntilLive(xid, actor);
}
