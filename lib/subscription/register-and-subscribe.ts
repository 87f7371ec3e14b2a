import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { insertApplication, type RegisteredApplication } from "#lib/application/register-application.ts";
import { prepareSecret } from "#lib/credential/issue-credential.ts";
import { db, transaction } from "#lib/db/client.ts";
import { lockRows, toChange, toRead } from "#lib/db/lock-rows.ts";
import { notFound } from "#lib/errors/app-error.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { insertSubscription, loadPlan, type RequestedSubscription } from "./request-subscription.ts";
import { type RegisterAndSubscribeInput, registerAndSubscribeInput } from "./subscription.schema.ts";

/**
 * Registers an application on the spot and subscribes it (S20), both or neither: a refusal leaves no application whose
 * only secret nobody saw. Its first credential is for the environment of the catalog, so that it works there at once.
 * Errors: those of `registerApplication` and `requestSubscription`.
 */
export async function registerAndSubscribe(
  actor: Actor,
  input: RegisterAndSubscribeInput,
): Promise<RegisteredApplication & { subscription: RequestedSubscription }> {
  const permit = {
    register: authorize(actor, "application:write"),
    subscribe: authorize(actor, "subscription:request"),
  };
  const { organizationId, name, ...wanted } = registerAndSubscribeInput.parse(input);
  const plan = await loadPlan(db(), wanted);
  if (!plan) throw notFound();
  const prepared = await prepareSecret(plan.release.catalog.kind, { by: actor });
  const done = await transaction(async (tx) => {
    // Of both parts, in the order: the second's row before the first's part writes.
    await lockRows(tx, { Organization: toChange(organizationId), ProductRelease: toRead(wanted.releaseId) });
    const registered = await insertApplication(tx, permit.register, {
      organizationId,
      name,
      description: "",
      prepared,
    });
    const { applicationId } = registered;
    return {
      registered,
      subscription: await insertSubscription(tx, permit.subscribe, { applicationId, ...wanted, plan }),
    };
  });
  const { xid: _xid, ...registered } = done.registered;
  const { xid, ...subscription } = done.subscription;
  const live = await waitUntilLive(xid, actor);
  return {
    ...registered,
    credential: { ...registered.credential, live },
    subscription: { ...subscription, live },
  };
}
