import type { Actor } from "#lib/access/actor.ts";
import { authorize, ownedThrough } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { db, transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/app-error.ts";
import type { LiveState } from "#lib/gateway-feed/live.rules.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { waitUntilLive } from "#lib/gateway-feed/wait-until-live.ts";
import { dropUnreleased } from "./publish-apis.ts";

/** Takes a product out of a catalog: its routes go, its subscriptions are cancelled. The draft stays (X12). */
export async function retireRelease(actor: Actor, releaseId: string): Promise<LiveState> {
  const permit = authorize(actor, "catalog:publish");
  const release = await db().productRelease.findFirst({
    where: { id: releaseId, state: "published", ...ownedThrough("catalog", permit) },
    select: { id: true, title: true, catalog: { select: { id: true, title: true, organizationId: true } } },
  });
  if (!release) throw notFound();
  const xid = await transaction(async (tx) => {
    await tx.productRelease.update({ where: { id: release.id }, data: { state: "retired" } });
    const open = {
      releaseId: release.id,
      state: { in: ["pending", "active", "suspended"] as ("pending" | "active" | "suspended")[] },
    };
    const subscriptions = await tx.subscription.findMany({ where: open, select: { id: true } });
    await tx.subscription.updateMany({ where: open, data: { state: "cancelled" } });
    for (const { id } of subscriptions) await recordChange(tx, "subscription", id);
    await dropUnreleased(tx, release.catalog.id);
    await recordEvent(
      tx,
      permit,
      "product.retired",
      { organizationId: release.catalog.organizationId, type: "release", id: release.id, name: release.title },
      { catalog: release.catalog.title },
    );
    return recordChange(tx, "release", release.id);
  });
  return waitUntilLive(xid, actor);
}
