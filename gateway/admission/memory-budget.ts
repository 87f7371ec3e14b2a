import { noteFreed } from "#gateway/upstream/streamed-memory.ts";

/** Who takes it, and how much of it at most. */
interface Share {
  holder: { heldBytes: number };
  bytesMax: number;
}

/** Changes what is used by so many bytes; false: there is not so much left, and nothing was changed. Less always works. */
type Move = (bytes: number) => boolean;

/** Memory that the calls of a process share: what one of them takes, no other has. It is taken by leases alone. */
export class MemoryBudget {
  readonly bytesMax: number;
  #used = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** Bytes that are taken. */
  get used(): number {
    return this.#used;
  }

  lease(share: Share | null = null): MemoryLease {
    return new MemoryLease((bytes) => {
      if (bytes > 0 && this.#used + bytes > this.bytesMax) return false;
      if (bytes > 0 && share && share.holder.heldBytes + bytes > share.bytesMax) return false;
      this.#used += bytes;
      if (share) share.holder.heldBytes += bytes;
      if (bytes < 0) noteFreed(-bytes);
      return true;
    });
  }
}

/**
 * What somebody takes out of a budget, as it comes. No more goes back than was taken, and nothing is taken after its end:
 * what ends late, when nobody is there any more to give it back, would be lost (T20).
 */
export class MemoryLease {
  readonly #move: Move;
  readonly #whole: MemoryLease | undefined;
  #bytes = 0;
  #ended = false;
  #stops: Set<() => void> | undefined;

  constructor(move: Move, whole?: MemoryLease) {
    this.#move = move;
    this.#whole = whole;
  }

  get ended(): boolean {
    return this.#ended || this.#whole?.ended === true;
  }

  /** false: there is not so much left, or the lease has ended; none of it was taken. */
  take(bytes: number): boolean {
    if (this.#ended || !this.#move(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Of what it has, at most. */
  giveBack(bytes: number): void {
    const back = Math.min(bytes, this.#bytes);
    this.#bytes -= back;
    if (back > 0) this.#move(-back);
  }

  /** Gives all back, and stops what would take more. */
  end(): void {
    this.#ended = true;
    this.giveBack(this.#bytes);
    const stops = this.#stops;
    this.#stops = undefined;
    for (const stop of stops ?? []) stop();
  }

  /** What is taken of it for one purpose, and may go back before the rest; it ends with the whole. */
  part(): MemoryLease {
    return new MemoryLease((bytes) => {
      if (bytes > 0) return this.take(bytes);
      this.giveBack(-bytes);
      return true;
    }, this);
  }

  /** Has `stop` called when the whole ends; not when it has. Returns what takes that back. */
  onEnd(stop: () => void): () => void {
    if (this.#whole) return this.#whole.onEnd(stop);
    this.#stops ??= new Set();
    const stops = this.#stops.add(stop);
    return () => void stops.delete(stop);
  }
}

/** Of a call that has ended without one. */
export const ENDED_LEASE = new MemoryLease(() => false);
ENDED_LEASE.end();
