import { type Clock, systemClock } from "#lib/clock.ts";
import { entriesOf, NetworkList } from "#lib/net/network-list.ts";
import { BodyWatch } from "./body-watch.ts";
import { FailureBudget } from "./failure-budget.ts";
import { MemoryBudget } from "./memory-budget.ts";

/** Chunked bodies that all calls of the process hold back at a time. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;

/** What the operator sets about who is let in, and what the process remembers of who was not. */
export class Admission {
  /** More calls in flight than this are refused with 503 OVERLOADED, before any work is done for them. */
  readonly callsMax: number;
  /** null: none, X-Forwarded-For is not read. */
  readonly trustedProxies: NetworkList | null;
  /** The portal's origin: its console calls from the browser, wherever an API allows browsers at all. */
  readonly portalOrigin: string;
  readonly failures: FailureBudget;
  readonly bodies = new BodyWatch();
  readonly heldBodies = new MemoryBudget(HELD_BYTES_MAX);

  /** `trustedProxies`: addresses and networks, comma-separated. Throws on an entry that is neither. */
  constructor(
    settings: { callsMax?: number; failuresMax?: number; trustedProxies?: string; portalUrl?: string } = {},
    clock: Clock = systemClock,
  ) {
    const given = entriesOf(settings.trustedProxies ?? "");
    this.callsMax = settings.callsMax ?? Number.POSITIVE_INFINITY;
    this.trustedProxies = given.length > 0 ? new NetworkList(given) : null;
    this.portalOrigin = settings.portalUrl === undefined ? "" : new URL(settings.portalUrl).origin;
    this.failures = new FailureBudget(settings.failuresMax ?? 100, clock);
  }
}
