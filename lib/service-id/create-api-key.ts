import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { issueCredential, prepareSecret } from "#lib/credential/issue-credential.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { auditTarget, loadServiceId, lockServiceId } from "./load-service-id.ts";
import { activeKeysMax } from "./service-id.rules.ts";
import { type ApiKeyShown, type CreateApiKeyInput, createApiKeyInput } from "./service-id.schema.ts";

/** Adds an API key to a service ID (S120). The key is in this answer and nowhere else. Throws STATE_INVALID at the cap. */
export async function createApiKey(actor: Actor, input: CreateApiKeyInput): Promise<ApiKeyShown> {
  const permit = authorize(actor, "credential:write");
  const { serviceIdId, environment, name, description } = createApiKeyInput.parse(input);
  const serviceId = await loadServiceId(permit, serviceIdId);
  const prepared = await prepareSecret(environment, { by: actor, apiKey: true });
  const { applicationId } = serviceId;
  const issued = await transaction(async (tx) => {
    await lockBelowCap(tx, serviceId);
    const made = await issueCredential(tx, {
      applicationId,
      serviceIdId,
      kind: "service",
      name,
      description,
      prepared,
    });
    await recordEvent(tx, permit, "service-id.key-created", auditTarget(serviceId), { key: name, environment });
    return made;
  });
  const live = await waitUntilLive(issued.xid, actor);
  return { apiKeyId: issued.credentialId, name, environment, apiKey: issued.secret, live };
}

/** Takes the service ID's row, so that two creations at once cannot both pass the cap. */
async function lockBelowCap(tx: Tx, serviceId: { id: string; applicationId: string }): Promise<void> {
  await lockServiceId(tx, serviceId);
  if ((await tx.credential.count({ where: { serviceIdId: serviceId.id, status: "active" } })) >= activeKeysMax) {
    const detail = `A service ID has at most ${activeKeysMax} active keys. Revoke one that is not used any more.`;
    throw new AppError("STATE_INVALID", { detail });
  }
}
