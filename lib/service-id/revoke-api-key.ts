import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { whyNot } from "#lib/credential/credential.rules.ts";
import { lockActive } from "#lib/credential/load-credential.ts";
import { db, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { auditTarget } from "./load-service-id.ts";
import { type ApiKeyRef, apiKeyRef } from "./service-id.schema.ts";

/** Ends an API key and the tokens made from it, for good. Answers once the gateways that are alive refuse them. */
export async function revokeApiKey(
  actor: Actor,
  input: ApiKeyRef,
  clock = systemClock,
): Promise<{ name: string; live: LiveState }> {
  const permit = authorize(actor, "credential:write");
  const { apiKeyId } = apiKeyRef.parse(input);
  const now = clock();
  const key = await db().credential.findFirst({
    where: { id: apiKeyId, kind: "service", ...ownedThrough("application", permit) },
    select: {
      name: true,
      status: true,
      expiresAt: true,
      serviceId: { select: { id: true, name: true } },
      application: { select: { organizationId: true } },
    },
  });
  if (!key?.serviceId) throw notFound();
  const reason = whyNot("revoke", key, now);
  if (reason) throw new AppError("STATE_INVALID", { detail: reason });
  const target = auditTarget({ ...key.serviceId, application: key.application });
  const xid = await transaction(async (tx) => {
    await lockActive(tx, apiKeyId);
    await tx.credential.update({ where: { id: apiKeyId }, data: { status: "revoked", revokedAt: now } });
    await tx.credentialSecret.updateMany({
      where: { credentialId: apiKeyId, notAfter: null },
      data: { notAfter: now },
    });
    await recordEvent(tx, permit, "service-id.key-revoked", target, { key: key.name });
    return recordChange(tx, "credential", apiKeyId);
  });
  return { name: key.name, live: await waitUntilLive(xid, actor) };
}
