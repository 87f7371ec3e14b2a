import type { Tx } from "#lib/db/client.ts";
import { recordChange } from "#lib/gateway-feed/record-change.ts";
import { newId } from "#lib/ids.ts";

/** Subscribes the sandbox's test application to a release, on its first plan, approval or not (X8). */
export async function subscribeTestApplication(
  tx: Tx,
  target: { productId: string; catalogId: string; releaseId: string; planId: string | null },
): Promise<void> {
  const test = await tx.sandboxTestCredential.findUnique({
    where: { catalogId: target.catalogId },
    select: { applicationId: true },
  });
  if (!test) return;
  if (target.planId === null) return;
  const existing = await tx.subscription.findFirst({
    where: { applicationId: test.applicationId, productId: target.productId, catalogId: target.catalogId },
    select: { id: true },
  });
  const on = { releaseId: target.releaseId, releasePlanId: target.planId, state: "active" } as const;
  const values = { ...on, endedAt: null, endCause: null, endReason: "" };
  const { id } = existing
    ? await tx.subscription.update({ where: { id: existing.id }, data: values, select: { id: true } })
    : await tx.subscription.create({
        data: {
          id: newId(),
          applicationId: test.applicationId,
          productId: target.productId,
          catalogId: target.catalogId,
          ...values,
        },
        select: { id: true },
      });
  await recordChange(tx, "subscription", id);
}
