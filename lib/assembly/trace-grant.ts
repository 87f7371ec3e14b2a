import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { traceKey } from "#lib/crypto/keys.ts";

/** The header in which the portal's test panel asks for a trace. It never travels on, and anything else in it is ignored. */
export const TRACE_HEADER = "X-Portico-Trace";
/** Below it the gateway hands a trace over, once, to whoever shows the grant again. */
export const TRACE_PATH = "/.portico/trace/";

/** Time for one call with its backends, and to fetch the trace after it. */
const LIFETIME_MS = 180_000;

export interface TraceGrant {
  /** Random: under it the trace is fetched. */
  id: string;
  apiDefinitionId: string;
  catalogId: string;
}

const macOf = (text: string): Buffer =>
  Buffer.from(createHmac("sha256", traceKey().key).update(text).digest("base64url"));

/** A grant to trace one call of an API in a catalog, signed by the installation. */
export function grantTrace(
  apiDefinitionId: string,
  catalogId: string,
  nowMs = Date.now(),
): { id: string; header: string } {
  const id = randomBytes(16).toString("hex");
  const text = `1.${apiDefinitionId}.${catalogId}.${nowMs + LIFETIME_MS}.${id}`;
  return { id, header: `${text}.${macOf(text)}` };
}

const GRANT = /^(1\.([0-9a-f-]{36})\.([0-9a-f-]{36})\.(\d{1,15})\.([0-9a-f]{32}))\.([A-Za-z0-9_-]{43})$/;

/** Reads a grant; undefined when it is none of ours, or over. */
export function readTraceGrant(header: string, nowMs = Date.now()): TraceGrant | undefined {
  const [, text = "", apiDefinitionId = "", catalogId = "", until, id = "", mac = ""] = GRANT.exec(header) ?? [];
  if (text === "" || !timingSafeEqual(macOf(text), Buffer.from(mac))) return undefined;
  return Number(until) > nowMs ? { id, apiDefinitionId, catalogId } : undefined;
}
