import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { BlockList, isIP, isIPv4 } from "node:net";
import { entriesOf } from "./network-list.ts";

/**
 * IPv4 that no backend or import of a stranger may reach (IANA special-purpose registry), so that Portico cannot be
 * made to call its own host, its network or a cloud's metadata service (T10).
 */
const FORBIDDEN_IPV4: [string, number][] = [
  ["0.0.0.0", 8], // "this host": connects to loopback on Linux
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carrier-grade NAT, and Alibaba's metadata service
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // Azure's host agent: public by number, not by reach
  ["169.254.0.0", 16], // link-local, and the metadata services of most clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved and broadcast
];

/** Inside 2000::/3, the only global unicast block; everything outside it (loopback, ULA, link-local, NAT64, …) is forbidden anyway. */
const FORBIDDEN_IPV6: [string, number][] = [
  ["2001::", 23], // protocol assignments; Teredo embeds an IPv4 address
  ["2001:db8::", 32],
  ["2002::", 16], // 6to4 embeds an IPv4 address
  ["3fff::", 20],
];

const forbidden = new BlockList();
for (const [network, prefix] of FORBIDDEN_IPV4) forbidden.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of FORBIDDEN_IPV6) forbidden.addSubnet(network, prefix, "ipv6");
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Splits the operator's comma-separated list of CIDRs (BACKEND_ALLOW). Throws when an entry is none. */
export function parseAllowList(text: string): string[] {
  const entries = entriesOf(text);
  allowed(entries);
  return entries;
}

const lists = new Map<string, BlockList>();

function allowed(allow: readonly string[]): BlockList {
  const key = allow.join(",");
  const known = lists.get(key);
  if (known) return known;
  const list = new BlockList();
  for (const entry of allow) {
    const [network = "", prefix] = entry.split("/");
    const family = isIP(network);
    if (family === 0) throw new Error(`"${entry}" is not an address or CIDR`);
    list.addSubnet(network, prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix), `ipv${family as 4 | 6}`);
  }
  lists.set(key, list);
  return list;
}

/** The address in its one canonical form: no brackets, zone, octal, hex or IPv4-mapped notation; null when it is no address. */
function canonical(ip: string): string | null {
  let text = ip.trim().replace(/^\[|\]$/g, "");
  text = text.replace(/%.*$/, "");
  const asUrl = `http://${text.includes(":") ? `[${text}]` : text}/`;
  if (!URL.canParse(asUrl)) return null;
  const host = new URL(asUrl).hostname.replace(/^\[|\]$/g, "");
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (!mapped) return isIP(host) ? host : null;
  const [high, low] = [Number.parseInt(mapped[1] ?? "", 16), Number.parseInt(mapped[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/**
 * Whether Portico must not connect to this address: loopback, private, link-local, metadata, multicast and every
 * other special range, in any notation, unless a CIDR of `allow` holds it. What is not an address counts as forbidden.
 */
export function isForbiddenAddress(ip: string, allow: readonly string[]): boolean {
  const address = canonical(ip);
  if (address === null) return true;
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  if (allowed(allow).check(address, family)) return false;
  return forbidden.check(address, family) || (family === "ipv6" && !globalUnicast.check(address, "ipv6"));
}

/** Whether the operator's list names this address, so that it is trusted beyond what is public. */
export function isOperatorAllowed(ip: string, allow: readonly string[]): boolean {
  const address = canonical(ip);
  return address !== null && allowed(allow).check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/**
 * Whether a URL's host is an IP literal that Portico must not connect to. Node calls no `lookup` for a literal, so
 * whoever connects with `guardedLookup` asks this as well. A name is decided when it is resolved.
 */
export function isForbiddenLiteral(hostname: string, allow: readonly string[]): boolean {
  return canonical(hostname) !== null && isForbiddenAddress(hostname, allow);
}

/** Every address of a name is forbidden. `code` is stable, so that a caller can name the cause. */
export class ForbiddenAddressError extends Error {
  readonly code = "ADDRESS_FORBIDDEN";
  constructor(hostname: string) {
    super(`every address of ${hostname} is in a range that may not be reached`);
  }
}

export type Resolver = (
  hostname: string,
  options: { all: true; family?: number | "IPv4" | "IPv6"; hints?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * A `lookup` for node:http, node:tls and undici's `connect`: resolves once, drops forbidden addresses, and hands the
 * checked address itself to the socket, so that a second DNS answer cannot slip in between (T11). Fails with
 * ForbiddenAddressError when none is left. `resolve` is the system's resolver unless a test brings its own.
 */
export const guardedLookup = (allow: readonly string[], resolve: Resolver = systemLookup): Lookup =>
  filteredLookup((address) => !isForbiddenAddress(address, allow), resolve);

/** The same, for addresses that the operator's list names and none else. */
export const operatorLookup = (allow: readonly string[], resolve: Resolver = systemLookup): Lookup =>
  filteredLookup((address) => isOperatorAllowed(address, allow), resolve);

function filteredLookup(accept: (address: string) => boolean, resolve: Resolver): Lookup {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, options.all ? [] : "");
      const reachable = addresses.filter(({ address }) => accept(address));
      const [first] = reachable;
      if (!first) return callback(new ForbiddenAddressError(hostname), options.all ? [] : "");
      if (options.all) return callback(null, reachable);
      callback(null, first.address, first.family);
    });
  };
}
