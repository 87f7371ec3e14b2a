import type { Actor } from "#lib/access/actor.ts";
import { authorizeAdministrator } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { transaction } from "#lib/db/client.ts";
import { AppError, notFound } from "#lib/errors/app-error.ts";
import { type GatewayRef, gatewayRef } from "./gateway.schema.ts";
import { ALIVE_MS } from "./gateway-node.ts";

/**
 * Takes a silent gateway off the list: from then on a change is live without it. It is for one that has ended for good.
 * One that runs on all the same enters itself again with its next heartbeat, as far behind as it is, and counts again.
 * STATE_INVALID for one that answers.
 */
export async function dismissGateway(actor: Actor, input: GatewayRef): Promise<{ address: string }> {
  const permit = authorizeAdministrator(actor);
  const { gatewayId } = gatewayRef.parse(input);
  return transaction(async (tx) => {
    // Locked: a heartbeat of this very moment waits, and enters it anew.
    const [node] = await tx.$queryRaw<{ address: string; heartbeatAt: Date; silent: boolean }[]>`
      select address, "heartbeatAt", "heartbeatAt" <= now() - ${ALIVE_MS} * interval '1 millisecond' as silent
      from "GatewayNode" where id = ${gatewayId}::uuid for update`;
    if (!node) throw notFound();
    if (!node.silent) {
      throw new AppError("STATE_INVALID", {
        detail: "This gateway answers. Stop it, and it leaves the list by itself.",
      });
    }
    await tx.gatewayNode.delete({ where: { id: gatewayId } });
    await recordEvent(
      tx,
      permit,
      "gateway.dismissed",
      { organizationId: null, type: "gateway", id: gatewayId, name: node.address },
      { silentSince: node.heartbeatAt.toISOString() },
    );
    return { address: node.address };
  });
}
