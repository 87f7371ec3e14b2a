import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { auditTarget, loadApplication } from "#lib/application/load-application.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { newId } from "#lib/ids.ts";
import { type OpenSubscription, requestOutcome } from "./subscription.rules.ts";
import { type RequestSubscriptionInput, requestSubscriptionInput } from "./subscription.schema.ts";

export interface RequestedSubscription {
  subscriptionId: string;
  /** pending where the plan asks for approval. */
  state: "pending" | "active";
  application: string;
  plan: string;
  /** Title of the plan that was in force until now and was replaced. */
  replaced: string | null;
  live: LiveState;
}

/**
 * Subscribes an application to a plan of a published product (S20). Anybody may subscribe to what is published; the
 * application must be in the actor's reach. Throws STATE_INVALID with the reason of the rules.
 */
export async function requestSubscription(
  actor: Actor,
  input: RequestSubscriptionInput,
): Promise<RequestedSubscription> {
  const permit = authorize(actor, "subscription:request");
  const { applicationId, releaseId, planId, comment } = requestSubscriptionInput.parse(input);
  const application = await loadApplication(permit, applicationId);
  const plan = await loadPlan(releaseId, planId);
  const { productId, catalogId } = plan.release;
  const done = await transaction(async (tx) => {
    const open = await lockOpen(tx, { applicationId, productId, catalogId });
    const outcome = requestOutcome(application.name, plan, open);
    if (outcome.kind === "refuse") throw new AppError("STATE_INVALID", { detail: outcome.reason });
    const state = outcome.kind === "ask" ? ("pending" as const) : ("active" as const);
    const replaced = outcome.kind === "switch" ? outcome.from : null;
    // The row in force moves to the other plan: there is no instant without a subscription.
    const subscriptionId = replaced?.id ?? newId();
    const on = { releaseId, releasePlanId: planId, state, comment };
    if (replaced) await tx.subscription.update({ where: { id: subscriptionId }, data: on });
    else await tx.subscription.create({ data: { id: subscriptionId, applicationId, productId, catalogId, ...on } });
    const action = replaced ? "subscription.plan-changed" : "subscription.requested";
    await recordEvent(tx, permit, action, auditTarget(application), {
      subscriptionId,
      product: plan.release.title,
      plan: plan.title,
      state,
      ...(replaced && { before: replaced.planTitle }),
    });
    const xid = await recordChange(tx, "subscription", subscriptionId);
    return { subscriptionId, state, replaced: replaced?.planTitle ?? null, xid };
  });
  const { xid, ...result } = done;
  return { ...result, application: application.name, plan: plan.title, live: await waitUntilLive(xid, actor) };
}

/** A plan of a release that is published; NOT_FOUND otherwise, also for a plan of another release. */
async function loadPlan(releaseId: string, planId: string) {
  const plan = await db().releasePlan.findFirst({
    where: { id: planId, releaseId, release: { state: "published" } },
    select: {
      id: true,
      title: true,
      requiresApproval: true,
      release: { select: { title: true, productId: true, catalogId: true } },
    },
  });
  if (!plan) throw notFound();
  return plan;
}

/** The open subscriptions of the application to the product there. The application's row is taken, so that two requests queue. */
async function lockOpen(
  tx: Tx,
  where: { applicationId: string; productId: string; catalogId: string },
): Promise<OpenSubscription[]> {
  await tx.$queryRaw`select 1 from "Application" where id = ${where.applicationId}::uuid for update`;
  const rows = await tx.subscription.findMany({
    where: { ...where, state: { in: ["pending", "active", "suspended"] } },
    select: { id: true, state: true, releasePlanId: true, plan: { select: { title: true } } },
  });
  return rows.map((row) => ({
    id: row.id,
    state: row.state as OpenSubscription["state"],
    planId: row.releasePlanId,
    planTitle: row.plan.title,
  }));
}
