import type { Call, Gateway } from "#gateway/call.ts";
import { GoneError } from "#gateway/gone-error.ts";
import { ENDED_LEASE, type MemoryLease } from "./memory-budget.ts";

/** One address may hold every fourth byte, and at least one body of the longest. */
const SHARE = 4;

/** Bodies that are held for checks and policies have taken all of the memory for them, or all that one address may. */
export class HeldFullError extends Error {}

/** Longest body that can be held at all, bytes: a request's may be longer where it streams. */
export const heldBytesMax = ({ bodyBytesMax, admission }: Gateway): number =>
  Math.min(bodyBytesMax, admission.heldBodies.bytesMax);

/**
 * What a call holds of the memory that all calls of the process share for bodies (F2): requests' and answers'. Given back
 * when the call ends, at the latest.
 */
export function heldMemory(call: Call): MemoryLease {
  if (call.held) return call.held;
  const { heldBodies } = call.gateway.admission;
  const bytesMax = Math.max(heldBodies.bytesMax / SHARE, heldBytesMax(call.gateway));
  call.held = heldBodies.lease(call.holder && { holder: call.holder, bytesMax });
  return call.held;
}

/** The call has ended: whoever works on for it gets no more. */
export function endHeldMemory(call: Call): void {
  if (call.held) call.held.end();
  else call.held = ENDED_LEASE;
}

/** Why nothing more was taken: nobody waits for it any more, or there is none. */
export const notTaken = (lease: MemoryLease): GoneError | HeldFullError =>
  lease.ended ? new GoneError() : new HeldFullError();
