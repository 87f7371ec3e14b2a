import { type Clock, systemClock } from "#lib/clock.ts";
import { entriesOf, NetworkList } from "#lib/net/network-list.ts";
import { AddressShares } from "./address-shares.ts";
import { BodyWatch } from "./body-watch.ts";
import { FailureBudget } from "./failure-budget.ts";
import { MemoryBudget } from "./memory-budget.ts";

const MEGABYTE = 1024 * 1024;
/** Bodies that all calls of the process hold at a time, MB. */
const HELD_MB = 64;

/** Of the calls in flight one address may have every fourth: many honest clients come through one address, too. */
const SHARE = 4;
/** A share of a small number would be none. */
const SHARE_MIN = 100;
/** Connections for each call: a client keeps some open for its next calls. */
const CONNECTIONS_PER_CALL = 2;

interface AdmissionSettings {
  callsMax?: number;
  /** Of one address; a fourth of callsMax unless set, and 100 at least. */
  callsPerAddress?: number;
  /** Of one address, and of all; twice the calls unless set. */
  connectionsPerAddress?: number;
  connectionsMax?: number;
  failuresMax?: number;
  /** Memory for bodies, MB. */
  heldMb?: number;
  /** Addresses and networks, comma-separated. */
  trustedProxies?: string;
  portalUrl?: string;
}

/** What the operator sets about who is let in, and what the process remembers of who was not. */
export class Admission {
  /** More calls in flight than this are refused with 503 OVERLOADED, before any work is done for them. */
  readonly callsMax: number;
  /** null: none, X-Forwarded-For is not read. */
  readonly trustedProxies: NetworkList | null;
  /** The portal's origin: its console calls from the browser, wherever an API allows browsers at all. */
  readonly portalOrigin: string;
  readonly failures: FailureBudget;
  readonly shares: AddressShares;
  readonly bodies = new BodyWatch();
  /** Every body that is held whole, a request's or an answer's, and chunked ones that are held back. */
  readonly heldBodies: MemoryBudget;

  /** Throws on a trusted proxy that is no address and no network. */
  constructor(settings: AdmissionSettings = {}, clock: Clock = systemClock) {
    const given = entriesOf(settings.trustedProxies ?? "");
    this.callsMax = settings.callsMax ?? Number.POSITIVE_INFINITY;
    this.trustedProxies = given.length > 0 ? new NetworkList(given) : null;
    this.portalOrigin = settings.portalUrl === undefined ? "" : new URL(settings.portalUrl).origin;
    this.failures = new FailureBudget(settings.failuresMax ?? 100, clock);
    this.heldBodies = new MemoryBudget((settings.heldMb ?? HELD_MB) * MEGABYTE);
    const callsMax = settings.callsPerAddress ?? Math.max(SHARE_MIN, Math.ceil(this.callsMax / SHARE));
    const connectionsMax = settings.connectionsPerAddress ?? callsMax * CONNECTIONS_PER_CALL;
    const allConnectionsMax = settings.connectionsMax ?? Math.max(SHARE_MIN, this.callsMax) * CONNECTIONS_PER_CALL;
    this.shares = new AddressShares({ callsMax, connectionsMax, allConnectionsMax }, this.trustedProxies);
  }
}
