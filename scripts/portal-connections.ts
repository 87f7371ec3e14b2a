import type { Server } from "node:http";
import type { Socket } from "node:net";
import { subjectOf } from "#lib/net/address-subject.ts";
import { type NetworkList, plainAddress } from "#lib/net/network-list.ts";

/** A head, from the opening of its connection or from its first byte; Node looks every 30 s. Its own default is a minute. */
const HEAD_MS = 10_000;
/** A request with its body: more than any body may take (lib/net/request-text.ts). Node's own default is five minutes. */
const REQUEST_MS = 150_000;
/** Then its connection ends, told by the last answer. Without it all that a client pipelines begins at once; past it Node answers 503. */
const REQUESTS_OF_A_CONNECTION = 100;

export interface ConnectionLimits {
  /** Of one address (IPv6: its /64), proxies apart. */
  ofOne: number;
  ofAll: number;
}

/** Connections of the portal: one address has a share, so that others find room beside it. As many are remembered as hold one. */
export class PortalConnections {
  readonly #limits: ConnectionLimits;
  readonly #proxies: NetworkList;
  readonly #held = new Map<string, number>();
  readonly #bounded = new WeakSet<Server>();

  constructor(limits: ConnectionLimits, proxies: NetworkList) {
    this.#limits = limits;
    this.#proxies = proxies;
  }

  /** Notes a connection that a server has just taken, or ends it at once when its address has too many. */
  take(server: Server, socket: Socket): void {
    if (!this.#bounded.has(server)) this.#bound(server);
    const address = plainAddress(socket.remoteAddress ?? "unknown");
    if (this.#proxies.has(address)) return;
    const subject = subjectOf(address);
    const own = (this.#held.get(subject) ?? 0) + 1;
    this.#held.set(subject, own);
    socket.once("close", () => {
      const left = (this.#held.get(subject) ?? 1) - 1;
      if (left > 0) this.#held.set(subject, left);
      else this.#held.delete(subject);
    });
    if (own > this.#limits.ofOne) socket.destroy();
  }

  /** Next gives no way to its server but its connections. Beyond the limit Node closes them by itself. */
  #bound(server: Server): void {
    this.#bounded.add(server);
    server.maxConnections = this.#limits.ofAll;
    server.headersTimeout = HEAD_MS;
    server.requestTimeout = REQUEST_MS;
    server.maxRequestsPerSocket = REQUESTS_OF_A_CONNECTION;
  }
}
