import type { Actor } from "#lib/access/actor.ts";
import { authorize, type Permit } from "#lib/access/authorize.ts";
import { auditTarget, loadApplication, lockApplication } from "#lib/application/load-application.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { issueCredential, prepareSecret } from "#lib/credential/issue-credential.ts";
import { exploreSecret } from "#lib/crypto/client-secret.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import type { ApiRef } from "#lib/paths.ts";
import { findPublished, type Published } from "./find-published.ts";

const LIFETIME_MS = 10 * 60_000;
/** A grant about to end is not handed out: a slow upload would outlive it. */
const REMAINING_MIN_MS = 60_000;

/** A credential of about ten minutes. It stays on the server: the relay attaches it. */
export interface ExploreGrant {
  clientId: string;
  secret: string;
  expiresAt: Date;
}

/**
 * A short-lived credential of an application that the actor may call with, valid in the API's catalog alone, counted on
 * the application's plan. The one of the same person, application and catalog is used again while it is valid. Its
 * secret is derived from the installation's key, so that nothing recoverable is stored (ruling 1.7). Throws
 * STATE_INVALID unless the application has a subscription in force to the API there.
 */
export async function grantExplore(
  actor: Actor,
  input: { api: ApiRef | Published; applicationId: string },
  clock = systemClock,
): Promise<ExploreGrant> {
  const permit = authorize(actor, "explore:call");
  const application = await loadApplication(permit, input.applicationId);
  const { publishedApiId, catalogId, api } = "publishedApiId" in input.api ? input.api : await findPublished(input.api);
  await checkSubscribed(application, publishedApiId, catalogId);
  const now = clock();
  const holder = { applicationId: application.id, catalogId, description: heldBy(permit) };
  const valid = await db().credential.findFirst({
    where: {
      ...holder,
      kind: "explore",
      status: "active",
      expiresAt: { gt: new Date(now.getTime() + REMAINING_MIN_MS) },
    },
    select: { clientId: true, expiresAt: true },
    orderBy: { createdAt: "desc" },
  });
  if (valid?.expiresAt) {
    const { clientId, expiresAt } = valid;
    return { clientId, expiresAt, secret: exploreSecret(api.catalog.kind, clientId) };
  }
  const prepared = await prepareSecret(api.catalog.kind, { by: actor, derived: true });
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const issued = await transaction(async (tx) => {
    await lockApplication(tx, application.id);
    await removeExpired(tx, application.id, now);
    const made = await issueCredential(tx, { ...holder, kind: "explore", name: "Explore", expiresAt, prepared });
    await recordEvent(tx, permit, "explore.granted", auditTarget(application), {
      api: api.title,
      catalog: api.catalog.title,
      clientId: made.clientId,
      expiresAt: expiresAt.toISOString(),
    });
    return made;
  });
  await waitUntilLive(issued.xid, actor);
  return { clientId: issued.clientId, secret: issued.secret, expiresAt };
}

/** A grant belongs to one person, so that the audit log says who called. */
const heldBy = ({ actor }: Permit): string => (actor.kind === "user" ? actor.userId : actor.name);

async function checkSubscribed(
  application: { id: string; name: string },
  publishedApiId: string,
  catalogId: string,
): Promise<void> {
  const inForce = await db().subscription.findFirst({
    where: {
      applicationId: application.id,
      catalogId,
      state: "active",
      release: { state: "published", apis: { some: { publishedApiId } } },
    },
    select: { id: true },
  });
  if (!inForce) {
    throw new AppError("STATE_INVALID", { detail: `${application.name} is not subscribed to a plan of this API.` });
  }
}

/** Grants that have ended leave with the next one, so that the table does not grow by one a call. */
async function removeExpired(tx: Tx, applicationId: string, now: Date): Promise<void> {
  const where = { applicationId, kind: "explore", expiresAt: { lt: now } } as const;
  for (const { id } of await tx.credential.findMany({ where, select: { id: true }, orderBy: { id: "asc" } })) {
    await tx.credential.delete({ where: { id } });
    await recordChange(tx, "credential", id);
  }
}
