import { takeTrace, traceGrantOf } from "#gateway/assembly/trace.ts";
import { ANSWERED, type Call } from "#gateway/call.ts";
import { TRACE_PATH } from "#lib/assembly/trace-grant.ts";

/**
 * Hands the trace of a call over to the portal, which shows the grant that the call carried. Every other request for it
 * is routed like any path, and there is no API below "/.".
 */
export function answerTrace(call: Call): typeof ANSWERED | undefined {
  if (call.path.charCodeAt(1) !== 46 || !call.path.startsWith(TRACE_PATH) || call.req.method !== "GET")
    return undefined;
  const id = call.path.slice(TRACE_PATH.length);
  const steps = traceGrantOf(call)?.id === id ? takeTrace(id, Date.now()) : undefined;
  if (!steps) return undefined;
  const body = Buffer.from(JSON.stringify({ steps }), "utf8");
  call.responseBytes = body.length;
  call.res.writeHead(200, [
    ...["Content-Type", "application/json", "Cache-Control", "no-store", "Content-Length", String(body.length)],
    ...["X-Request-Id", call.requestId, "X-Global-Transaction-ID", call.requestId],
  ]);
  call.res.end(body);
  return ANSWERED;
}
