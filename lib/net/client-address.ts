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
  let read = 0;
  for (let i = forwardedFor.length - 1; i >= 0; i -= 1) {
    const value = forwardedFor[i] as string;
    for (let end = value.length; end >= 0; ) {
      const comma = end === 0 ? -1 : value.lastIndexOf(",", end - 1);
      const next = plainAddress(bare(value.slice(comma + 1, end)));
      read += 1;
      if (read > ENTRIES_MAX || isIP(next) === 0) return address;
      address = next;
      if (!trusted.has(next)) return next;
      end = comma;
    }
  }
  return address;
}

/** Proxies that a request passes: a list of thousands is read for nobody's sake but its sender's (F3). */
const ENTRIES_MAX = 64;

/** Without port and brackets. */
const bare = (entry: string): string =>
  entry
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1");
