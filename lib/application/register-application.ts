import type { Actor } from "#lib/access/actor.ts";
import { authorize, type Permit, reaches } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import type { ShownOnce } from "#lib/credential/credential.schema.ts";
import { issueCredential, type PreparedSecret, prepareSecret } from "#lib/credential/issue-credential.ts";
import { type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { newId } from "#lib/ids.ts";
import { applicationsMax, firstCredentialName } from "./application.rules.ts";
import { type RegisterApplicationInput, registerApplicationInput } from "./application.schema.ts";
import { claimName } from "./claim-name.ts";

export interface RegisteredApplication {
  applicationId: string;
  name: string;
  /** Its first client ID and secret (S33-34); shown once. */
  credential: ShownOnce;
}

/**
 * Makes an application in one of the actor's consumer organizations, with its first credential in the chosen
 * environment. The secret is in this answer and nowhere else. NAME_TAKEN beside `name`.
 */
export async function registerApplication(
  actor: Actor,
  input: RegisterApplicationInput,
): Promise<RegisteredApplication> {
  const permit = authorize(actor, "application:write");
  const { environment, ...application } = registerApplicationInput.parse(input);
  const prepared = await prepareSecret(environment, { by: actor });
  const { xid, ...made } = await transaction((tx) => insertApplication(tx, permit, { ...application, prepared }));
  const live = await waitUntilLive(xid, actor);
  return { ...made, credential: { ...made.credential, live } };
}

export interface ApplicationToInsert {
  organizationId: string;
  name: string;
  description: string;
  /** Of `prepareSecret`, made before the transaction opened. */
  prepared: PreparedSecret;
}

/** The part of a transaction that makes an application with its first credential; `xid` is for `waitUntilLive`. */
export async function insertApplication(
  tx: Tx,
  permit: Permit,
  { organizationId, name, description, prepared }: ApplicationToInsert,
): Promise<Omit<RegisteredApplication, "credential"> & { credential: Omit<ShownOnce, "live">; xid: bigint }> {
  if (!reaches(permit, organizationId)) throw notFound();
  await lockRows(tx, { Organization: toChange(organizationId) });
  await checkOrganization(tx, organizationId);
  await claimName(tx, { organizationId, name });
  const { environment } = prepared;
  const applicationId = newId();
  await tx.application.create({ data: { id: applicationId, organizationId, name, description } });
  await recordChange(tx, "application", applicationId);
  const target = { organizationId, type: "application", id: applicationId, name };
  await recordEvent(tx, permit, "application.registered", target);
  const made = await issueCredential(tx, { applicationId, kind: "standard", name: firstCredentialName, prepared });
  const { credentialId, clientId, secret, xid } = made;
  const credential = { ...target, type: "credential", id: credentialId, name: firstCredentialName };
  await recordEvent(tx, permit, "credential.created", credential, { clientId, environment });
  return { applicationId, name, credential: { credentialId, name, environment, clientId, secret }, xid };
}

/** Throws NOT_FOUND unless the organization may own applications, STATE_INVALID at the cap. */
async function checkOrganization(tx: Tx, organizationId: string): Promise<void> {
  const organization = await tx.organization.findFirst({
    where: { id: organizationId, isConsumer: true },
    select: { id: true },
  });
  if (!organization) throw notFound();
  if ((await tx.application.count({ where: { organizationId } })) >= applicationsMax) {
    throw new AppError("STATE_INVALID", {
      detail: `An organization has at most ${applicationsMax} applications. Delete one that is not used any more.`,
    });
  }
}
