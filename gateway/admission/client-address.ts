import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import { addressBehind } from "#lib/net/client-address.ts";
import type { Holder } from "./address-shares.ts";

/**
 * Counts a call in the share of the address at the other end of its connection: 503 OVERLOADED when that has too many in
 * flight. What a trusted proxy sends is counted by `noteClient`.
 */
export function notePeer(call: Call): Refused | undefined {
  const { shares } = call.gateway.admission;
  const { address, holder } = shares.peerOf(call.req.socket);
  call.clientAddress = address;
  return holder ? count(call, holder) : undefined;
}

/** Notes where a call comes from that a trusted proxy passed on, and counts it there, as `notePeer` does. */
export function noteClient(call: Call): Refused | undefined {
  const { shares, trustedProxies } = call.gateway.admission;
  if (call.holder !== null || trustedProxies === null) return undefined;
  const { names, req } = call;
  const forwardedFor = req.rawHeaders.filter((_, i) => i % 2 === 1 && names[(i - 1) / 2]?.lower === "x-forwarded-for");
  call.clientAddress = addressBehind(call.clientAddress, forwardedFor, trustedProxies);
  return count(call, shares.holderOf(call.clientAddress));
}

function count(call: Call, holder: Holder): Refused | undefined {
  call.holder = holder;
  holder.calls += 1;
  return holder.calls > call.gateway.admission.shares.callsMax ? refuse("OVERLOADED", "address-share") : undefined;
}
