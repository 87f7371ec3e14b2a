import type { Call, Gateway } from "#gateway/call.ts";
import type { Holder } from "./address-shares.ts";
import type { MemoryBudget } from "./memory-budget.ts";

/** One address may hold every fourth byte, and at least one body of the longest. */
const SHARE = 4;

/** Bodies that are held for checks and policies have taken all of the memory for them, or all that one address may. */
export class HeldFullError extends Error {}

/** What a call holds of the memory that all calls of the process share for bodies (F2): requests' and answers'. */
export class HeldMemory {
  readonly #budget: MemoryBudget;
  readonly #holder: Holder | null;
  readonly #shareMax: number;
  bytes = 0;

  /** `bodyBytesMax`: of one body. */
  constructor(budget: MemoryBudget, holder: Holder | null, bodyBytesMax: number) {
    this.#budget = budget;
    this.#holder = holder;
    this.#shareMax = Math.max(budget.bytesMax / SHARE, bodyBytesMax);
  }

  /** false: there is not so much left, and none of it was taken. */
  take(bytes: number): boolean {
    if (this.#holder && this.#holder.heldBytes + bytes > this.#shareMax) return false;
    if (!this.#budget.take(bytes)) return false;
    this.bytes += bytes;
    if (this.#holder) this.#holder.heldBytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.bytes -= bytes;
    if (this.#holder) this.#holder.heldBytes -= bytes;
    this.#budget.giveBack(bytes);
  }

  drop(): void {
    this.giveBack(this.bytes);
  }
}

/** Longest body that can be held at all, bytes: a request's may be longer where it streams. */
export const heldBytesMax = ({ bodyBytesMax, admission }: Gateway): number =>
  Math.min(bodyBytesMax, admission.heldBodies.bytesMax);

/** What the call holds; given back when it ends, at the latest. */
export function heldMemory(call: Call): HeldMemory {
  const { gateway } = call;
  call.held ??= new HeldMemory(gateway.admission.heldBodies, call.holder, heldBytesMax(gateway));
  return call.held;
}
