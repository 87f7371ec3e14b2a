import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { auditTarget } from "#lib/application/load-application.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { subscriptionCan, subscriptionStates } from "./subscription.rules.ts";
import { type SubscriptionRef, subscriptionRef } from "./subscription.schema.ts";

export interface EndedSubscription {
  applicationId: string;
  application: string;
  product: string;
  live: LiveState;
}

/** The developer's side of ending: takes back a request, or ends a subscription in force. Throws STATE_INVALID otherwise. */
export async function endSubscription(
  actor: Actor,
  input: SubscriptionRef,
  action: "withdraw" | "cancel",
  clock: Clock = systemClock,
): Promise<EndedSubscription> {
  const permit = authorize(actor, "subscription:request");
  const { subscriptionId } = subscriptionRef.parse(input);
  const found = await db().subscription.findFirst({
    where: { id: subscriptionId, ...ownedThrough("application", permit) },
    select: {
      state: true,
      application: { select: { id: true, name: true, organizationId: true, isTest: true } },
      release: { select: { title: true } },
      plan: { select: { title: true } },
    },
  });
  if (!found || found.application.isTest) throw notFound();
  if (!subscriptionCan(action, found.state)) {
    throw new AppError("STATE_INVALID", {
      detail: `The subscription is ${subscriptionStates[found.state].title.toLowerCase()}.`,
    });
  }
  const xid = await transaction(async (tx) => {
    const changed = await tx.subscription.updateMany({
      where: { id: subscriptionId, state: found.state },
      data: { state: "cancelled", endedAt: clock(), endCause: action === "withdraw" ? "withdrawn" : "cancelled" },
    });
    if (changed.count === 0) throw new AppError("CONFLICT", { detail: await nowWords(tx, subscriptionId) });
    const verb = action === "withdraw" ? "subscription.withdrawn" : "subscription.cancelled";
    await recordEvent(tx, permit, verb, auditTarget(found.application), {
      subscriptionId,
      product: found.release.title,
      plan: found.plan.title,
    });
    return recordChange(tx, "subscription", subscriptionId);
  });
  return {
    applicationId: found.application.id,
    application: found.application.name,
    product: found.release.title,
    live: await waitUntilLive(xid, actor),
  };
}

/** What came between the reading and the deed. */
async function nowWords(tx: Tx, id: string): Promise<string> {
  const now = await tx.subscription.findUnique({
    where: { id },
    select: { state: true, release: { select: { state: true, title: true } } },
  });
  if (!now) return "The subscription was deleted a moment ago.";
  if (now.release.state === "retired")
    return `${now.release.title} was retired a moment ago: the subscription has ended.`;
  return `The subscription became ${subscriptionStates[now.state].title.toLowerCase()} a moment ago. Load the page again.`;
}
