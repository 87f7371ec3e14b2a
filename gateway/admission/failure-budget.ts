import type { Clock } from "#lib/clock.ts";
import { subjectOf } from "#lib/net/address-subject.ts";

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
    const key = subjectOf(address);
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
