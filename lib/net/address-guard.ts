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

/** Stands for a list with nothing in it, because an empty variable counts as absent. */
const NOTHING = "none";

/**
 * Splits the operator's comma-separated list of what may be reached beyond the public (BACKEND_ALLOW, IMPORT_ALLOW): an
 * address or a network, alone or with a port (`10.0.0.7`, `10.0.0.7:8443`, `[fd00::7]:8443`, `10.0.0.0/8`,
 * `10.0.0.0/8:443`). Throws when an entry is none.
 */
export function parseAllowList(text: string): string[] {
  const entries = entriesOf(text).filter((entry) => entry !== NOTHING);
  allowed(entries);
  return entries;
}

/** What a list opens at every port, and what at one. */
interface Allowed {
  anyPort: BlockList;
  byPort: Map<number, BlockList>;
}

const lists = new Map<string, Allowed>();

function allowed(allow: readonly string[]): Allowed {
  const key = allow.join(",");
  const known = lists.get(key);
  if (known) return known;
  const list: Allowed = { anyPort: new BlockList(), byPort: new Map() };
  for (const entry of allow) {
    const { network, bits, port } = parseEntry(entry);
    const family = isIP(network) as 4 | 6;
    let target = list.anyPort;
    if (port !== undefined) {
      target = list.byPort.get(port) ?? new BlockList();
      list.byPort.set(port, target);
    }
    target.addSubnet(network, bits ?? (family === 4 ? 32 : 128), `ipv${family}`);
  }
  lists.set(key, list);
  return list;
}

function parseEntry(entry: string): { network: string; bits?: number; port?: number } {
  const refuse = () => new Error(`"${entry}" is not an address, an address with a port, or a CIDR`);
  // IPv6 without brackets has colons of its own, and so no port.
  const [, bracketed, plain, port] =
    isIP(entry.split("/")[0] ?? "") === 6
      ? ["", undefined, entry, undefined]
      : (/^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(entry) ?? []);
  const [network = "", bits, ...rest] = (bracketed ?? plain ?? "").split("/");
  const family = isIP(network);
  if (family === 0 || rest.length > 0 || network.includes("%")) throw refuse();
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))) throw refuse();
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) throw refuse();
  return {
    network,
    ...(bits !== undefined && { bits: Number(bits) }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

function isAllowed(address: string, port: number | undefined, allow: readonly string[]): boolean {
  const { anyPort, byPort } = allowed(allow);
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  return anyPort.check(address, family) || (port !== undefined && byPort.get(port)?.check(address, family) === true);
}

/** Where Portico's own parts listen: `OwnListeners` (lib/net/own-ports.ts). */
export interface OwnPorts {
  /** `address` in canonical form. */
  has(address: string, port: number): boolean;
}

/** The address in its one canonical form: no brackets, zone, octal, hex or IPv4-mapped notation; null when it is no address. */
export function canonical(ip: string): string | null {
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
 * other special range, in any notation, unless `allow` opens it, for this port where one is given. What is not an address
 * counts as forbidden. Portico's own ports (`own`) are forbidden whatever the list says.
 */
export function isForbiddenAddress(ip: string, allow: readonly string[], port?: number, own?: OwnPorts): boolean {
  const address = canonical(ip);
  if (address === null) return true;
  if (port !== undefined && own?.has(address, port)) return true;
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  if (isAllowed(address, port, allow)) return false;
  return forbidden.check(address, family) || (family === "ipv6" && !globalUnicast.check(address, "ipv6"));
}

/** Whether the operator's list names this address, so that it is trusted beyond what is public. */
export function isOperatorAllowed(ip: string, allow: readonly string[], port?: number, own?: OwnPorts): boolean {
  const address = canonical(ip);
  if (address === null || (port !== undefined && own?.has(address, port))) return false;
  return isAllowed(address, port, allow);
}

/**
 * Whether a URL's host is an IP literal that Portico must not connect to. Node calls no `lookup` for a literal, so
 * whoever connects with `guardedLookup` asks this as well. A name is decided when it is resolved.
 */
export function isForbiddenLiteral(hostname: string, allow: readonly string[], port?: number, own?: OwnPorts): boolean {
  return canonical(hostname) !== null && isForbiddenAddress(hostname, allow, port, own);
}

/** The port that an http or https address leads to. */
export const portOf = (url: URL): number => Number(url.port) || (url.protocol === "https:" ? 443 : 80);

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
export const guardedLookup = (
  allow: readonly string[],
  resolve: Resolver = systemLookup,
  port?: number,
  own?: OwnPorts,
): Lookup => filteredLookup((address) => !isForbiddenAddress(address, allow, port, own), resolve);

/** The same, for addresses that the operator's list names and none else. */
export const operatorLookup = (
  allow: readonly string[],
  resolve: Resolver = systemLookup,
  port?: number,
  own?: OwnPorts,
): Lookup => filteredLookup((address) => isOperatorAllowed(address, allow, port, own), resolve);

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
