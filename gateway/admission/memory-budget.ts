import { noteFreed } from "#gateway/upstream/streamed-memory.ts";

/** Memory that the calls of a process share: what one of them takes, no other has. */
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

  /** false: there is not so much left, and none of it was taken. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.bytesMax) return false;
    this.#used += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
    noteFreed(bytes);
  }
}
