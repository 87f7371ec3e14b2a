import type { Gateway } from "#gateway/call.ts";

export interface Readiness {
  ready: boolean;
  /** Why not; empty when ready. */
  reasons: string[];
}

/** Whether a process should be sent calls. */
export function readinessOf(gateway: Gateway): Readiness {
  const reasons: string[] = [];
  if (gateway.draining) reasons.push("draining");
  if (!gateway.ready) reasons.push("the snapshot is not loaded");
  else if (Date.now() > gateway.freshUntilMs) reasons.push("the snapshot is too old");
  return { ready: reasons.length === 0, reasons };
}
