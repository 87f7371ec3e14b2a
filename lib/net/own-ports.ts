import { lookup } from "node:dns";
import { BlockList, isIP, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { env, type Settings } from "#lib/env.ts";
import { canonical, type OwnPorts } from "./address-guard.ts";

/** This machine's addresses, and those of names, are read anew so often. */
const FRESH_MS = 60_000;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addSubnet("0.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
loopback.addAddress("::", "ipv6");

const isLoopback = (address: string): boolean => loopback.check(address, isIPv4(address) ? "ipv4" : "ipv6");

/**
 * Portal, gateway, its admin page, database and Redis: no backend and no import is there, whatever the operator's lists
 * say (T10). Whoever publishes could else read `/metrics`, or speak to the database. On this machine a port counts at
 * every address of it; database and Redis elsewhere at the addresses of their names.
 */
export class OwnListeners implements OwnPorts {
  readonly #ports: ReadonlySet<number>;
  readonly #elsewhere: { host: string; port: number; addresses: string[] }[] = [];
  #machine = new Set<string>();
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings) {
    const ports = new Set([settings.PORT, settings.GATEWAY_PORT]);
    if (settings.GATEWAY_ADMIN_PORT > 0) ports.add(settings.GATEWAY_ADMIN_PORT);
    for (const [url, standard] of [
      [settings.DATABASE_URL, 5432],
      [settings.REDIS_URL, 6379],
    ] as const) {
      if (!url || !URL.canParse(url)) continue;
      // Of a scheme that URL does not know the host stays as it is written.
      const { hostname, port } = new URL(url);
      if (hostname === "") continue;
      const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
      const address = isIP(host) ? canonical(host) : null;
      if (host === "localhost" || (address !== null && isLoopback(address))) ports.add(Number(port) || standard);
      else this.#elsewhere.push({ host, port: Number(port) || standard, addresses: address ? [address] : [] });
    }
    this.#ports = ports;
    this.#refresh();
  }

  has(address: string, port: number): boolean {
    if (performance.now() - this.#readAtMs > FRESH_MS) this.#refresh();
    if (this.#ports.has(port) && (isLoopback(address) || this.#machine.has(address))) return true;
    return this.#elsewhere.some((one) => one.port === port && one.addresses.includes(address));
  }

  #refresh(): void {
    this.#readAtMs = performance.now();
    const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
    this.#machine = new Set(addresses.map(canonical).filter((address) => address !== null));
    for (const one of this.#elsewhere) {
      if (isIP(one.host)) continue;
      lookup(one.host, { all: true }, (error, found) => {
        if (error) return;
        one.addresses = found.map(({ address }) => canonical(address)).filter((address) => address !== null);
        if (one.addresses.some((address) => this.#machine.has(address) || isLoopback(address))) {
          one.addresses.push(...this.#machine, "127.0.0.1", "::1");
        }
      });
    }
  }
}

let cached: OwnListeners | undefined;

/** Those of this process's settings. */
export function ownPorts(): OwnListeners {
  cached ??= new OwnListeners(env());
  return cached;
}
