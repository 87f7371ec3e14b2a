import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { type Call, noteBody } from "#gateway/call.ts";
import type { Backend, GatewayApi } from "#gateway/snapshot/model.ts";
import { Exchange } from "#gateway/upstream/exchange.ts";
import { RequestBody } from "#gateway/upstream/request-body.ts";
import { backendHeaders, backendTarget } from "#gateway/upstream/request-headers.ts";

/**
 * Calls the backend and streams both ways. It answers what the backend answers, or 413 BODY_TOO_LARGE (chunked),
 * 502 BACKEND_UNREACHABLE, 502 BACKEND_INVALID, 504 BACKEND_TIMEOUT. A redirect is an answer like any other (T12).
 */
export function invoke(call: Call): Refused | undefined {
  const { api } = call;
  if (!api) throw new Error("the call is not routed");
  const { backend } = api;
  if (!backend) return refuse("BACKEND_UNREACHABLE", "backend-missing");
  if (call.contentLength === 0) {
    send(call, api, backend, undefined);
    return undefined;
  }
  noteBody(call);
  // In the next turn the parser has seen what came with the headers: a body that is framed wrongly is refused before
  // the backend hears of it (T1).
  setImmediate(() => {
    if (call.res.headersSent || call.res.destroyed) return;
    if (call.expectsContinue) call.res.writeContinue();
    call.expectsContinue = false;
    send(call, api, backend, new RequestBody(call.req, call.gateway.bodyBytesMax));
  });
  return undefined;
}

function send(call: Call, api: GatewayApi, backend: Backend, body: RequestBody | undefined): void {
  call.backendStarted = performance.now();
  const pool = call.gateway.upstreams.pool(backend.origin);
  const request = {
    path: backendTarget(call, api, backend),
    // Every method that an API declares; undici's type knows the common ones.
    method: (call.req.method ?? "GET") as "GET",
    headers: backendHeaders(call, api, backend),
    body: body ?? null,
  };
  pool.dispatch(request, new Exchange(call, body, (exchange) => pool.dispatch(request, exchange)));
}
