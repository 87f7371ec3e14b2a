import { BlockList, isIP } from "node:net";

/** Entries of a comma-separated setting. */
export const entriesOf = (setting: string): string[] =>
  setting
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

const BITS = { 4: 32, 6: 128 } as const;

/** What is wrong with an entry of an address list, or null: an IPv4 or IPv6 address, or a network such as 10.0.0.0/8. */
export function networkProblem(entry: string): string | null {
  const [address = "", bits, ...rest] = entry.split("/");
  const family = isIP(address) as 0 | 4 | 6;
  if (family === 0 || rest.length > 0 || address.includes("%")) {
    return `"${entry.slice(0, 60)}" is no address and no network such as 192.0.2.0/24 or 2001:db8::/32.`;
  }
  if (bits === undefined) return null;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > BITS[family]) {
    return `"${entry.slice(0, 60)}": the number after the slash is 0 to ${BITS[family]}.`;
  }
  return null;
}

/** An address as lists are asked for it: IPv4 in its plain form, also when a socket for both families gives it as IPv6. */
export const plainAddress = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);

/** Addresses and networks that were compiled once, to be asked with each call. Throws on an entry that is none. */
export class NetworkList {
  readonly #list = new BlockList();

  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const problem = networkProblem(entry);
      if (problem !== null) throw new Error(problem);
      const [given = "", bits] = entry.split("/");
      const address = plainAddress(given);
      const family = isIP(address) as 4 | 6;
      // "::ffff:10.0.0.0/104" is 10.0.0.0/8.
      const prefix = bits === undefined ? BITS[family] : Number(bits) - (address === given ? 0 : 96);
      this.#list.addSubnet(address, Math.max(0, prefix), `ipv${family}`);
    }
  }

  /** Whether the address is in one of the networks; what is no address is in none. */
  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 4 ? "ipv4" : "ipv6");
  }
}

/** The proxies that the portal believes: one on the same machine, and the operator's others (TRUSTED_PROXIES). */
export const portalProxies = (setting: string): NetworkList =>
  new NetworkList(["127.0.0.0/8", "::1", ...entriesOf(setting)]);
