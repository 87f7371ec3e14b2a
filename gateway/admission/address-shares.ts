import type { Socket } from "node:net";
import { subjectOf } from "#lib/net/address-subject.ts";
import { type NetworkList, plainAddress } from "#lib/net/network-list.ts";

/** What an address holds of the process now; of IPv6, what its /64 holds. */
export interface Holder {
  readonly subject: string;
  calls: number;
  connections: number;
  /** Of bodies in memory (held-memory.ts). */
  heldBytes: number;
}

/** The other end of a connection. */
interface Peer {
  /** IPv4 in its plain form. */
  readonly address: string;
  /** null: a proxy of the operator's own. It holds what it holds for others, whom X-Forwarded-For names. */
  readonly holder: Holder | null;
}

/** On the socket itself, since it is asked for with each call. */
const PEER = Symbol("peer");
type HeldSocket = Socket & { [PEER]?: Peer };

export interface ShareLimits {
  /** Calls in flight of one address. */
  callsMax: number;
  /** Connections of one address, and of all. A trusted proxy's are bound by the second alone. */
  connectionsMax: number;
  allConnectionsMax: number;
}

/**
 * What each address holds: its calls in flight and its connections. One address has its share of what the process takes,
 * so that others find room beside it (F1, T21). As many addresses are remembered as hold something.
 */
export class AddressShares {
  readonly callsMax: number;
  readonly #limits: ShareLimits;
  readonly #trustedProxies: NetworkList | null;
  readonly #holders = new Map<string, Holder>();
  /** Open connections. */
  connections = 0;
  /** Connections that were closed at once because there were too many. */
  turnedAway = 0;

  constructor(limits: ShareLimits, trustedProxies: NetworkList | null) {
    this.callsMax = limits.callsMax;
    this.#limits = limits;
    this.#trustedProxies = trustedProxies;
  }

  /** Addresses that hold something. */
  get size(): number {
    return this.#holders.size;
  }

  /** Notes a connection until it ends, or ends it at once when there are too many. */
  connect(socket: HeldSocket): void {
    const peer = this.#peerAt(plainAddress(socket.remoteAddress ?? "unknown"));
    socket[PEER] = peer;
    const { holder } = peer;
    this.connections += 1;
    if (holder) holder.connections += 1;
    socket.once("close", () => {
      this.connections -= 1;
      if (!holder) return;
      holder.connections -= 1;
      this.#forget(holder);
    });
    const isOver = holder !== null && holder.connections > this.#limits.connectionsMax;
    if (!isOver && this.connections <= this.#limits.allConnectionsMax) return;
    this.turnedAway += 1;
    socket.destroy();
  }

  /** The address at the other end of a connection. */
  peerOf(socket: HeldSocket): Peer {
    const known = socket[PEER];
    if (known) return known;
    const made = this.#peerAt(plainAddress(socket.remoteAddress ?? "unknown"));
    socket[PEER] = made;
    return made;
  }

  /** Who holds what comes from an address. */
  holderOf(address: string): Holder {
    const subject = subjectOf(address);
    const known = this.#holders.get(subject);
    if (known) return known;
    const made = { subject, calls: 0, connections: 0, heldBytes: 0 };
    this.#holders.set(subject, made);
    return made;
  }

  /** A call that its holder counted has ended. */
  leave(holder: Holder): void {
    holder.calls -= 1;
    this.#forget(holder);
  }

  #peerAt(address: string): Peer {
    return { address, holder: this.#trustedProxies?.has(address) ? null : this.holderOf(address) };
  }

  #forget(holder: Holder): void {
    if (holder.calls === 0 && holder.connections === 0) this.#holders.delete(holder.subject);
  }
}
