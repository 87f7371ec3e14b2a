import { isIP } from "node:net";
import { type NetworkList, plainAddress } from "./network-list.ts";

/**
 * Where a request comes from: the peer of the socket, or, when that is one of the operator's own proxies, the address
 * that the proxy saw. X-Forwarded-For is read from the right: each proxy adds what it saw, and what is left of the first
 * stranger was written by him (T7, ASVS 15.3.4). An entry that is no address ends the reading, so that nothing can be
 * hidden behind it.
 */
export function addressBehind(peer: string, forwardedFor: readonly string[], trusted: NetworkList): string {
  let address = plainAddress(peer);
  if (!trusted.has(address)) return address;
  const entries = forwardedFor.flatMap((value) => value.split(",")).map(bare);
  for (const entry of entries.reverse()) {
    const next = plainAddress(entry);
    if (isIP(next) === 0) return address;
    address = next;
    if (!trusted.has(next)) return next;
  }
  return address;
}

/** Without port and brackets. */
const bare = (entry: string): string =>
  entry
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1");
