import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedBy } from "#lib/access/authorize.ts";
import { lockApplication } from "#lib/application/load-application.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { checkScope } from "./check-scope.ts";
import { activeCredentialsMax } from "./credential.rules.ts";
import type { ShownOnce } from "./credential.schema.ts";
import { type CreateCredentialInput, createCredentialInput } from "./credential.schema.ts";
import { issueCredential, prepareSecret } from "./issue-credential.ts";

/**
 * Adds a client ID and secret to an application. The secret is in this answer and nowhere else. Waits until the
 * gateways that are alive know the credential. Throws STATE_INVALID at the cap.
 */
export async function createCredential(actor: Actor, input: CreateCredentialInput): Promise<ShownOnce> {
  const permit = authorize(actor, "credential:write");
  const { applicationId, environment, name, description, networks, scope } = createCredentialInput.parse(input);
  const application = await db().application.findFirst({
    where: { id: applicationId, isTest: false, ...ownedBy(permit) },
    select: { id: true, organizationId: true },
  });
  if (!application) throw notFound();
  await checkScope(applicationId, scope);
  const prepared = await prepareSecret(environment, { by: actor });
  const issued = await transaction(async (tx) => {
    await lockBelowCap(tx, applicationId);
    const made = await issueCredential(tx, {
      applicationId,
      kind: "standard",
      name,
      description,
      networks,
      scope,
      prepared,
    });
    const target = { organizationId: application.organizationId, type: "credential", id: made.credentialId, name };
    await recordEvent(tx, permit, "credential.created", target, {
      clientId: made.clientId,
      environment,
      networks,
      scope,
    });
    return made;
  });
  const live = await waitUntilLive(issued.xid, actor);
  const { credentialId, clientId, secret } = issued;
  return { credentialId, name, environment, clientId, secret, live };
}

/** Takes the application's row, so that two creations at once cannot both pass the cap. */
async function lockBelowCap(tx: Tx, applicationId: string): Promise<void> {
  await lockApplication(tx, applicationId);
  const active = await tx.credential.count({ where: { applicationId, kind: "standard", status: "active" } });
  if (active >= activeCredentialsMax) {
    throw new AppError("STATE_INVALID", {
      detail: `An application has at most ${activeCredentialsMax} active credentials. Revoke one that is not used any more.`,
    });
  }
}
