import type { Call } from "#gateway/call.ts";
import { addressBehind } from "#lib/net/client-address.ts";
import { plainAddress } from "#lib/net/network-list.ts";

/** Where a call comes from, with the operator's own proxies (TRUSTED_PROXIES) looked through. */
export function clientAddress(call: Call): string {
  const peer = plainAddress(call.req.socket.remoteAddress ?? "unknown");
  const { trustedProxies } = call.gateway.admission;
  if (trustedProxies === null || !trustedProxies.has(peer)) return peer;
  const { names, req } = call;
  const forwardedFor = req.rawHeaders.filter((_, i) => i % 2 === 1 && names[(i - 1) / 2]?.lower === "x-forwarded-for");
  return addressBehind(peer, forwardedFor, trustedProxies);
}
