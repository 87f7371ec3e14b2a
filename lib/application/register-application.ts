import type { Actor } from "#lib/access/actor.ts";
import { authorize, type Permit, reaches } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import type { ShownOnce } from "#lib/credential/credential.schema.ts";
import { issueCredential, prepareSecret } from "#lib/credential/issue-credential.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { newId } from "#lib/ids.ts";
import { applicationsMax, firstCredentialName } from "./application.rules.ts";
import { type RegisterApplicationInput, registerApplicationInput } from "./application.schema.ts";

export interface RegisteredApplication {
  applicationId: string;
  name: string;
  /** Its first client ID and secret (S33-34); shown once. */
  credential: ShownOnce;
}

/**
 * Makes an application in one of the actor's consumer organizations, with its first credential in the chosen
 * environment. The secret is in this answer and nowhere else.
 */
export async function registerApplication(
  actor: Actor,
  input: RegisterApplicationInput,
): Promise<RegisteredApplication> {
  const permit = authorize(actor, "application:write");
  const { organizationId, name, description, environment } = registerApplicationInput.parse(input);
  await checkOrganization(permit, organizationId);
  const prepared = await prepareSecret(environment, { by: actor });
  const applicationId = newId();
  const issued = await transaction(async (tx) => {
    await lockBelowCap(tx, organizationId);
    await tx.application.create({ data: { id: applicationId, organizationId, name, description } });
    await recordChange(tx, "application", applicationId);
    const target = { organizationId, type: "application", id: applicationId, name };
    await recordEvent(tx, permit, "application.registered", target);
    const made = await issueCredential(tx, { applicationId, kind: "standard", name: firstCredentialName, prepared });
    const credential = { ...target, type: "credential", id: made.credentialId, name: firstCredentialName };
    await recordEvent(tx, permit, "credential.created", credential, { clientId: made.clientId, environment });
    return made;
  });
  const live = await waitUntilLive(issued.xid, actor);
  const { credentialId, clientId, secret } = issued;
  return { applicationId, name, credential: { credentialId, name, environment, clientId, secret, live } };
}

/** Throws NOT_FOUND unless the permit reaches the organization and it may own applications. */
async function checkOrganization(permit: Permit, organizationId: string): Promise<void> {
  if (!reaches(permit, organizationId)) throw notFound();
  const organization = await db().organization.findFirst({
    where: { id: organizationId, isConsumer: true },
    select: { id: true },
  });
  if (!organization) throw notFound();
}

async function lockBelowCap(tx: Tx, organizationId: string): Promise<void> {
  await tx.$queryRaw`select 1 from "Organization" where id = ${organizationId}::uuid for update`;
  if ((await tx.application.count({ where: { organizationId } })) >= applicationsMax) {
    throw new AppError("STATE_INVALID", {
      detail: `An organization has at most ${applicationsMax} applications. Delete one that is not used any more.`,
    });
  }
}
