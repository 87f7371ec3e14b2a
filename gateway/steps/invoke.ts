import { heldMemory } from "#gateway/admission/held-memory.ts";
import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { type Call, noteBody } from "#gateway/call.ts";
import type { Backend, GatewayApi } from "#gateway/snapshot/model.ts";
import { BodyHold, holdBody } from "#gateway/upstream/body-hold.ts";
import { signProof } from "#gateway/upstream/proof.ts";
import { RequestBody } from "#gateway/upstream/request-body.ts";
import { Sending } from "#gateway/upstream/sending.ts";

type Outcome = Refused | undefined;

/**
 * Calls the backend and streams both ways. It answers what the backend answers, or 413 BODY_TOO_LARGE (chunked),
 * 502 BACKEND_UNREACHABLE, 502 BACKEND_INVALID, 504 BACKEND_TIMEOUT. A redirect is an answer like any other (T12).
 */
export function invoke(call: Call): Outcome | Promise<Outcome> {
  const { api } = call;
  if (!api) throw new Error("the call is not routed");
  const backend = call.outgoing ? call.outgoing.backend : api.backend;
  if (!backend) return refuse("BACKEND_UNREACHABLE", "backend-missing");
  // A held body was read for its check already.
  const isWhole = call.contentLength === 0 || call.heldBody !== undefined;
  return isWhole ? send(call, api, backend, undefined) : invokeWithBody(call, api, backend);
}

async function invokeWithBody(call: Call, api: GatewayApi, backend: Backend): Promise<Outcome> {
  const { req, res, gateway } = call;
  noteBody(call);
  // In the next turn the parser has seen what came with the headers: a body that is framed wrongly is refused before
  // the backend hears of it (T1).
  await new Promise(setImmediate);
  if (res.headersSent || res.destroyed) return undefined;
  if (call.expectsContinue) res.writeContinue();
  call.expectsContinue = false;
  if (call.contentLength >= 0) return send(call, api, backend, new RequestBody(req, gateway.bodyBytesMax));
  const hold = new BodyHold(heldMemory(call).part());
  call.hold = hold;
  const outcome = await holdBody(req, hold, gateway.bodyBytesMax);
  if (outcome === "gone" || res.headersSent || res.destroyed) return undefined;
  if (outcome === "too-large") return refuse("BODY_TOO_LARGE", "body-grew");
  if (outcome === "whole") {
    call.contentLength = hold.bytes;
    call.requestBytes = hold.bytes;
    call.heldBody = hold.short();
    if (call.heldBody) return send(call, api, backend, undefined);
  }
  return send(call, api, backend, new RequestBody(req, gateway.bodyBytesMax, hold));
}

/** At once, or as soon as the call's proof is signed. */
function send(
  call: Call,
  api: GatewayApi,
  backend: Backend,
  body: RequestBody | undefined,
): Outcome | Promise<Outcome> {
  if (!backend.proof) return sendWithToken(call, api, backend, body);
  return signProof(call, backend).then(
    (proof) => {
      call.backendProof = proof;
      return sendWithToken(call, api, backend, body);
    },
    (error) => {
      body?.destroy();
      throw error;
    },
  );
}

/** At once, or as soon as the backend's access token is there. */
function sendWithToken(
  call: Call,
  api: GatewayApi,
  backend: Backend,
  body: RequestBody | undefined,
): Outcome | Promise<Outcome> {
  const { credentials } = backend;
  if (!credentials) return dispatch(call, api, backend, body, undefined);
  const token = call.gateway.upstreams.token(credentials, call.started);
  const authorization = token.current(performance.now());
  if (authorization !== undefined) return dispatch(call, api, backend, body, authorization);
  return token.fresh(performance.now()).then(
    (fresh) => dispatch(call, api, backend, body, fresh),
    () => {
      body?.destroy();
      return refuse("BACKEND_UNREACHABLE", "backend-token-failed");
    },
  );
}

function dispatch(
  call: Call,
  api: GatewayApi,
  backend: Backend,
  body: RequestBody | undefined,
  authorization: string | undefined,
): undefined {
  call.backendStarted = performance.now();
  new Sending(call, api, backend, body, authorization).first();
}
