import type { Actor } from "#lib/access/actor.ts";
import { authorize, type Permit } from "#lib/access/authorize.ts";
import { auditTarget, loadApplication } from "#lib/application/load-application.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, toChange, toRead } from "#lib/db/lock-rows.ts";
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
 * application must be in the actor's reach. Throws STATE_INVALID with the reason of the rules, or when the plan or the
 * product went a moment ago.
 */
export async function requestSubscription(
  actor: Actor,
  input: RequestSubscriptionInput,
): Promise<RequestedSubscription> {
  const permit = authorize(actor, "subscription:request");
  const wanted = requestSubscriptionInput.parse(input);
  await loadApplication(permit, wanted.applicationId);
  const plan = await loadPlan(db(), wanted);
  if (!plan) throw notFound();
  const { xid, ...done } = await transaction((tx) => insertSubscription(tx, permit, { ...wanted, plan }));
  return { ...done, live: await waitUntilLive(xid, actor) };
}

export interface SubscriptionToInsert {
  applicationId: string;
  releaseId: string;
  planId: string;
  comment: string;
  /** The plan as it was read before the transaction: when it has gone since, the person is told which. */
  plan: WantedPlan;
}

/** The part of a transaction that subscribes; `xid` is for `waitUntilLive`. */
export async function insertSubscription(
  tx: Tx,
  permit: Permit,
  input: SubscriptionToInsert,
): Promise<Omit<RequestedSubscription, "live"> & { xid: bigint }> {
  const { applicationId, releaseId, planId, comment } = input;
  // A publish or a retirement of the release is waited for, so are other requests of the application.
  await lockRows(tx, { ProductRelease: toRead(releaseId), Application: toChange(applicationId) });
  const application = await loadApplication(permit, applicationId, tx);
  const plan = await loadPlan(tx, input);
  if (!plan) throw await planGone(tx, input);
  const { productId, catalogId } = plan.release;
  const open = await readOpen(tx, { applicationId, productId, catalogId });
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
  const names = { application: application.name, plan: plan.title, replaced: replaced?.planTitle ?? null };
  return { subscriptionId, state, ...names, xid };
}

export type WantedPlan = NonNullable<Awaited<ReturnType<typeof loadPlan>>>;

/** A plan of a release that is published; null otherwise, also for a plan of another release. */
export function loadPlan(reader: Tx, { releaseId, planId }: { releaseId: string; planId: string }) {
  return reader.releasePlan.findFirst({
    where: { id: planId, releaseId, endedAt: null, release: { state: "published" } },
    select: {
      id: true,
      title: true,
      requiresApproval: true,
      release: { select: { title: true, productId: true, catalogId: true, catalog: { select: { kind: true } } } },
    },
  });
}

/** The plan was there when it was chosen: says what came between. */
async function planGone(tx: Tx, { releaseId, plan }: SubscriptionToInsert): Promise<AppError> {
  const { title } = plan.release;
  const release = await tx.productRelease.findUnique({ where: { id: releaseId }, select: { state: true } });
  const detail =
    release?.state === "published"
      ? `${title} was published anew a moment ago, without the plan ${plan.title}. Load the page again to choose another plan.`
      : `${title} was retired a moment ago. Nobody can subscribe to it any more.`;
  return new AppError("STATE_INVALID", { detail });
}

/** The open subscriptions of the application, which is locked, to the product there. */
async function readOpen(
  tx: Tx,
  where: { applicationId: string; productId: string; catalogId: string },
): Promise<OpenSubscription[]> {
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
