import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough, type Permit } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { systemClock } from "#lib/clock.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange, toRead } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { subscriptionCan, subscriptionStates } from "./subscription.rules.ts";
import { type DecideSubscriptionInput, decideSubscriptionInput } from "./subscription.schema.ts";

export interface DecidedSubscription {
  state: "active" | "rejected";
  application: string;
  plan: string;
  live: LiveState;
}

/**
 * The provider approves or rejects a request for a plan of its catalog. Approval ends the plan that was in force, in
 * the same transaction. The decision is recorded in the provider's audit log and in the developer's.
 */
export async function decideSubscription(
  actor: Actor,
  input: DecideSubscriptionInput,
  clock = systemClock,
): Promise<DecidedSubscription> {
  const permit = authorize(actor, "subscription:decide");
  const { subscriptionId, decision, reason } = decideSubscriptionInput.parse(input);
  const asked = await loadRequest(permit, subscriptionId);
  const state = decision === "approve" ? ("active" as const) : ("rejected" as const);
  const { request, xid } = await transaction(async (tx) => {
    // A retirement, a publish, another decision and the developer's own word are waited for.
    await lockRows(tx, {
      ProductRelease: toRead(asked.releaseId),
      Application: toChange(asked.applicationId),
      Subscription: toChange(subscriptionId),
    });
    const request = await loadRequest(permit, subscriptionId, tx);
    if (state === "active") await endInForce(tx, request, clock());
    await tx.subscription.update({
      where: { id: subscriptionId },
      data: { state, decisionReason: reason, decidedAt: clock(), decidedById: decider(permit) },
    });
    await recordDecision(tx, permit, request, { state, reason });
    return { request, xid: await recordChange(tx, "subscription", subscriptionId) };
  });
  const live = await waitUntilLive(xid, actor);
  return { state, application: request.application.name, plan: request.plan.title, live };
}

async function loadRequest(permit: Permit, subscriptionId: string, reader: Tx = db()) {
  const request = await reader.subscription.findFirst({
    where: { id: subscriptionId, ...ownedThrough("catalog", permit) },
    select: {
      id: true,
      state: true,
      applicationId: true,
      releaseId: true,
      productId: true,
      catalogId: true,
      application: { select: { name: true, organizationId: true } },
      catalog: { select: { organizationId: true } },
      release: { select: { title: true, state: true } },
      plan: { select: { title: true } },
    },
  });
  if (!request) throw notFound();
  if (request.release.state === "retired") {
    throw new AppError("STATE_INVALID", {
      detail: `${request.release.title} is retired, and the request has ended with it.`,
    });
  }
  if (!subscriptionCan("decide", request.state)) {
    const title = subscriptionStates[request.state].title.toLowerCase();
    throw new AppError("STATE_INVALID", { detail: `The request is ${title} already.` });
  }
  return request;
}

type Request = Awaited<ReturnType<typeof loadRequest>>;

const decider = ({ actor }: Permit): string | null => (actor.kind === "user" ? actor.userId : null);

async function endInForce(tx: Tx, { applicationId, productId, catalogId }: Request, at: Date): Promise<void> {
  const ended = await tx.subscription.updateManyAndReturn({
    where: { applicationId, productId, catalogId, state: { in: ["active", "suspended"] } },
    data: { state: "cancelled", endedAt: at, endCause: "replaced" },
    select: { id: true },
  });
  for (const { id } of ended) await recordChange(tx, "subscription", id);
}

async function recordDecision(
  tx: Tx,
  permit: Permit,
  request: Request,
  { state, reason }: { state: "active" | "rejected"; reason: string },
): Promise<void> {
  const action = state === "active" ? "subscription.approved" : "subscription.rejected";
  const detail = {
    application: request.application.name,
    product: request.release.title,
    plan: request.plan.title,
    reason,
  };
  const owners = new Set([request.catalog.organizationId, request.application.organizationId]);
  for (const organizationId of owners) {
    const target = { organizationId, type: "subscription", id: request.id, name: request.application.name };
    await recordEvent(tx, permit, action, target, detail);
  }
}
