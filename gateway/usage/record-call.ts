import type { Call } from "#gateway/call.ts";

/** nginx's number for "the client closed the connection before an answer began". */
const CLIENT_GONE = 499;

/** Notes a call that has ended: who, what, how it went. No header, no query, no body, no path with its values (S92). */
export function recordCall(call: Call): void {
  const { api, credential, refused, res } = call;
  call.gateway.recorder.add({
    time: new Date(call.startedAtMs).toISOString(),
    requestId: call.requestId,
    organizationId: api?.organizationId ?? null,
    catalogId: api?.catalogId ?? null,
    apiId: api?.apiDefinitionId ?? null,
    operationKey: call.operation?.key ?? null,
    applicationId: credential?.applicationId ?? null,
    credentialId: credential?.id ?? null,
    subscriptionId: call.subscription?.id ?? null,
    method: call.req.method ?? "",
    status: res.headersSent ? res.statusCode : CLIENT_GONE,
    code: refused?.rendered.code ?? null,
    cause: refused?.cause ?? null,
    totalMs: round(performance.now() - call.started),
    backendMs: call.backendMs < 0 ? null : round(call.backendMs),
    requestBytes: call.requestBytes,
    responseBytes: call.responseBytes,
  });
}

/** Microseconds are enough, and shorter to send. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;
