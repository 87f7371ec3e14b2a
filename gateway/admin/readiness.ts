import type { Gateway } from "#gateway/call.ts";
import { mixtures } from "#lib/gateway-feed/limit-store.rules.ts";

export interface Readiness {
  ready: boolean;
  /** Why not; empty when ready. */
  reasons: string[];
  /** What should be looked at, though calls are served. */
  warnings: string[];
}

/** Whether a process should be sent calls. */
export function readinessOf(gateway: Gateway): Readiness {
  const reasons: string[] = [];
  if (gateway.draining) reasons.push("draining");
  if (!gateway.ready) reasons.push("the snapshot is not loaded");
  else if (Date.now() > gateway.freshUntilMs) reasons.push("the snapshot is too old");
  const warnings: string[] = [];
  const { mixture } = gateway.limits;
  if (mixture) warnings.push(mixtures[mixture]);
  for (const { isWrong, text } of gateway.keyFaults) (isWrong ? reasons : warnings).push(text);
  return { ready: reasons.length === 0, reasons, warnings };
}
