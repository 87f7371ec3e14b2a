import "server-only";
import { isIP } from "node:net";
import { env } from "#lib/env.ts";
import { addressBehind } from "#lib/net/client-address.ts";
import { entriesOf, type NetworkList, portalProxies } from "#lib/net/network-list.ts";

let trusted: NetworkList | undefined;

/**
 * The network address for budgets (T31). The last entry of X-Forwarded-For is the peer of the socket, which
 * scripts/portal-peer.ts adds: whatever a client writes there itself stands to the left of it. What is no address is
 * nobody's own: such clients share one budget.
 */
export function clientAddress(headers: Headers | Record<string, unknown>): string {
  const value = headers instanceof Headers ? headers.get("x-forwarded-for") : headers["x-forwarded-for"];
  const entries = typeof value === "string" ? entriesOf(value) : [];
  trusted ??= portalProxies(env().TRUSTED_PROXIES);
  const address = addressBehind(entries.pop() ?? "", entries, trusted);
  return isIP(address) === 0 ? "direct" : address;
}
