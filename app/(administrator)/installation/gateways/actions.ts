"use server";

import { withAction } from "#app/_server/with-action.ts";
import { dismissGateway } from "#lib/gateway-feed/dismiss-gateway.ts";
import { type GatewayRef, gatewayRef } from "#lib/gateway-feed/gateway.schema.ts";

const dismiss = withAction(gatewayRef, dismissGateway);

export async function dismissGatewayAction(input: GatewayRef) {
  return dismiss(input);
}
