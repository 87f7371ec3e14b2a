import { isIP } from "node:net";
import type { Call } from "#gateway/call.ts";
import { plainAddress } from "#lib/net/network-list.ts";

/**
 * Where a call comes from: the peer of the socket, or, when that is one of the operator's own proxies
 * (TRUSTED_PROXIES), the address that the proxy saw. X-Forwarded-For is read from the right: each proxy adds what it
 * saw, and what is left of the first stranger was written by him (T7, ASVS 15.3.4). An entry that is no address ends
 * the reading, so that nothing can be hidden behind it.
 */
export function clientAddress(call: Call): string {
  const peer = plainAddress(call.req.socket.remoteAddress ?? "unknown");
  const { trustedProxies } = call.gateway.admission;
  if (trustedProxies === null || !trustedProxies.has(peer)) return peer;
  let address = peer;
  for (const entry of forwardedFor(call).reverse()) {
    const next = plainAddress(entry);
    if (isIP(next) === 0) return address;
    address = next;
    if (!trustedProxies.has(next)) return next;
  }
  return address;
}

/** Entries of all X-Forwarded-For headers, in order, without ports and brackets. */
function forwardedFor({ names, req }: Call): string[] {
  const entries: string[] = [];
  for (let i = 0; i < names.length; i += 1) {
    if (names[i]?.lower === "x-forwarded-for") entries.push(...(req.rawHeaders[i * 2 + 1] as string).split(","));
  }
  return entries.map((entry) =>
    entry
      .trim()
      .replace(/^\[([^\]]*)\](?::\d+)?$/, "$1")
      .replace(/^([\d.]+):\d+$/, "$1"),
  );
}
