import { isIPv6 } from "node:net";
import type { Clock } from "#lib/clock.ts";

/** How many come back in a second. */
const PER_SECOND = 1;
/** Addresses that are remembered, about 10 MB; then the one that failed longest ago is forgotten. */
const ADDRESSES_MAX = 50_000;

interface Bucket {
  left: number;
  atMs: number;
}

/**
 * The failed authentications that an address may have, a bucket that refills (T31). Only failures are counted and only
 * failures are refused: a right credential is served from any address, and no number of guesses locks a client ID out.
 */
export class FailureBudget {
  readonly #buckets = new Map<string, Bucket>();
  readonly #max: number;
  readonly #clock: Clock;

  /** `max`: failed authentications at once. */
  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  /** Notes a failed authentication; false when the address had no more left. */
  take(address: string): boolean {
    const key = subject(address);
    const nowMs = this.#clock().getTime();
    const known = this.#buckets.get(key);
    const bucket = known ?? { left: this.#max, atMs: nowMs };
    const back = (Math.max(0, nowMs - bucket.atMs) / 1_000) * PER_SECOND;
    bucket.left = Math.min(this.#max, bucket.left + back);
    bucket.atMs = nowMs;
    // Deleted and set: the map then begins with what failed longest ago.
    if (known) this.#buckets.delete(key);
    else if (this.#buckets.size >= ADDRESSES_MAX) this.#forgetOldest();
    this.#buckets.set(key, bucket);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}

/** One customer has a /64 of IPv6 at least, so that single addresses would be a budget without end. */
function subject(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(":")}/64`;
}
