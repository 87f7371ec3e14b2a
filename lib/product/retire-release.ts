import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { db, type Tx, transaction } from "#lib/db/client.ts";
import { lockRows, lockSubscriptionsOf, toChange } from "#lib/db/lock-rows.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange, recordChanges } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { retireReasonInput } from "./product.schema.ts";
import { dropUnreleased } from "./publish-apis.ts";

/**
 * Takes a product out of a catalog: its routes go, its subscriptions end, and their owners read when and why (`given`, the reason).
 * The draft stays (X12). Throws STATE_INVALID when somebody else retired it meanwhile.
 */
export async function retireRelease(
  actor: Actor,
  releaseId: string,
  given = "",
  clock: Clock = systemClock,
): Promise<LiveState> {
  const permit = authorize(actor, "catalog:publish");
  const reason = retireReasonInput.parse(given);
  const release = await db().productRelease.findFirst({
    where: { id: releaseId, state: "published", ...ownedThrough("catalog", permit) },
    select: { id: true, title: true, catalog: { select: { id: true, title: true, organizationId: true } } },
  });
  if (!release) throw notFound();
  const { catalog, title } = release;
  const xid = await transaction(async (tx) => {
    await lockRows(tx, { Catalog: toChange(catalog.id), ProductRelease: toChange(releaseId) });
    const { count } = await tx.productRelease.updateMany({
      where: { id: releaseId, state: "published" },
      data: { state: "retired", retiredAt: clock(), retireReason: reason },
    });
    if (count === 0) {
      throw new AppError("STATE_INVALID", { detail: `Somebody retired ${title} in ${catalog.title} a moment ago.` });
    }
    await endSubscriptions(tx, releaseId, { reason, at: clock() });
    await dropUnreleased(tx, catalog.id);
    await recordEvent(
      tx,
      permit,
      "product.retired",
      { organizationId: catalog.organizationId, type: "release", id: releaseId, name: title },
      { catalog: catalog.title, reason },
    );
    return recordChange(tx, "release", releaseId);
  });
  return waitUntilLive(xid, actor);
}

/** All that are open, in a few statements however many they are. */
async function endSubscriptions(
  tx: Tx,
  releaseId: string,
  { reason, at }: { reason: string; at: Date },
): Promise<void> {
  const ids = await lockSubscriptionsOf(tx, { releaseId }, { openOnly: true });
  await tx.subscription.updateMany({
    where: { releaseId, state: { in: ["pending", "active", "suspended"] } },
    data: { state: "cancelled", endedAt: at, endCause: "retired", endReason: reason },
  });
  await recordChanges(tx, "subscription", ids);
}
