import type { IncomingMessage, ServerResponse } from "node:http";
import { log } from "#lib/log.ts";
import { endHeldMemory } from "./admission/held-memory.ts";
import { answerRefusal } from "./answer/answer-refusal.ts";
import { type Refused, refuse } from "./answer/refusal.ts";
import { ANSWERED, Call, type Gateway, noteBody, type Step } from "./call.ts";
import { isEnding } from "./last-answer.ts";
import { answerPreflight } from "./steps/answer-preflight.ts";
import { answerTokenRequest } from "./steps/answer-token-request.ts";
import { answerTrace } from "./steps/answer-trace.ts";
import { assemble } from "./steps/assemble.ts";
import { authenticate } from "./steps/authenticate.ts";
import { authenticateBearer } from "./steps/authenticate-bearer.ts";
import { checkLoop } from "./steps/check-loop.ts";
import { checkNetworks } from "./steps/check-networks.ts";
import { checkRequest } from "./steps/check-request.ts";
import { countCall } from "./steps/count-call.ts";
import { findSubscription } from "./steps/find-subscription.ts";
import { invoke } from "./steps/invoke.ts";
import { readCredentials } from "./steps/read-credentials.ts";
import { routeCall } from "./steps/route-call.ts";
import { validateRequest } from "./steps/validate-request.ts";
import { nextTurn, waitForTurn } from "./turns.ts";

/**
 * The steps of a call, in this order (gateway.md part 4): adding a step is adding one line. They decide on the snapshot
 * in memory. A step answers undefined to let the call go on, a refusal to end it, ANSWERED when it answered by itself,
 * or a promise of one of these; only what cannot be known in this process makes one (a shared counter, a first token).
 */
const steps: readonly Step[] = [
  checkRequest, //     400 413 414 431 503  what Node's parser lets through; limits
  answerTrace, //      200                  what the portal's test panel asks about its last call
  answerTokenRequest, // 200 400 401 413 429  /oidc/token and the public keys
  routeCall, //        404 405              space, catalog, API, operation
  checkLoop, //        508                  an API whose backend is this gateway
  answerPreflight, //  204 404              a browser's question, by the API's own settings
  readCredentials, //  401 403              from the declared places only
  authenticateBearer, // 401 429            access token, API key
  authenticate, //     401 429              client ID, secret, environment, expiry
  findSubscription, // 403                  application and plan, the credential's scope
  checkNetworks, //    403                  address lists of the API and the credential
  countCall, //        429                  burst, rate limit, quota of the plan or the operation
  validateRequest, //  400 413              parameters and body, where the API asks for it
  assemble, //         400 429 500 502 504  the API's policies, where it has any
  invoke, //           413 502 504          the backend, streaming both ways
];

/** One call, from its headers to its record, as soon as it is its turn on its connection: READ THIS FIRST. */
export function handleCall(gateway: Gateway, req: IncomingMessage, res: ServerResponse, expectsContinue = false): void {
  if (isEnding(req.socket)) return;
  // An earlier call on the connection is still being answered.
  if (res.socket === null) waitForTurn(req, res, () => beginCall(gateway, req, res, expectsContinue));
  else beginCall(gateway, req, res, expectsContinue);
}

function beginCall(gateway: Gateway, req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
  const call = new Call(gateway, req, res, expectsContinue);
  gateway.inFlight += 1;
  // Once in every case: answered, refused, or the client went away.
  res.on("close", () => endCall(call));
  takeSteps(call, 0);
}

function takeSteps(call: Call, from: number): void {
  try {
    for (let i = from; i < steps.length; i += 1) {
      const outcome = (steps[i] as Step)(call);
      if (outcome === undefined) continue;
      if (outcome instanceof Promise) {
        outcome
          .then((later) => {
            if (later !== undefined) endSteps(call, later);
            // A client that went away meanwhile waits for nothing, nor does one that was refused for its body.
            else if (!call.res.destroyed && !call.res.headersSent) takeSteps(call, i + 1);
          })
          .catch((error) => failCall(call, error));
      } else endSteps(call, outcome);
      return;
    }
  } catch (error) {
    failCall(call, error);
  }
}

function endSteps(call: Call, outcome: Refused | typeof ANSWERED): void {
  if (outcome !== ANSWERED) answerRefusal(call, outcome);
}

/** An invariant that breaks fails the call, not the process, and never lets it through (T34). */
function failCall(call: Call, error: unknown): void {
  log.error({ requestId: call.requestId, reason: error instanceof Error ? error.stack : "unknown" }, "call failed");
  if (call.res.headersSent) call.res.destroy();
  else answerRefusal(call, refuse("GATEWAY_FAILED"));
}

function endCall(call: Call): void {
  call.gateway.inFlight -= 1;
  call.hold?.drop();
  endHeldMemory(call);
  if (call.holder) call.gateway.admission.shares.leave(call.holder);
  // Answered before the body came: what is left of it keeps the connection.
  if (!call.req.complete) noteBody(call);
  // Set as long as the backend has not finished: the client went away, or was refused meanwhile.
  call.abortBackend?.();
  call.totalMs = performance.now() - call.started;
  call.gateway.metrics.note(call);
  call.gateway.accessLog?.add(call);
  call.gateway.recorder.add(call);
  nextTurn(call.req.socket);
}
