import type { IncomingMessage, ServerResponse } from "node:http";
import { log } from "#lib/log.ts";
import { answerRefusal } from "./answer/answer-refusal.ts";
import { refuse } from "./answer/refusal.ts";
import { Call, type Gateway } from "./call.ts";
import { authenticate } from "./steps/authenticate.ts";
import { checkRequest } from "./steps/check-request.ts";
import { countCall } from "./steps/count-call.ts";
import { findSubscription } from "./steps/find-subscription.ts";
import { invoke } from "./steps/invoke.ts";
import { readCredentials } from "./steps/read-credentials.ts";
import { routeCall } from "./steps/route-call.ts";
import { recordCall } from "./usage/record-call.ts";

/**
 * One call, from its headers to its record: READ THIS FIRST. The steps run in this order (gateway.md part 4) on the
 * snapshot in memory, and none waits for anything until the backend is called. A step that returns a refusal ends the
 * call; adding a step is adding one line.
 */
export function handleCall(gateway: Gateway, req: IncomingMessage, res: ServerResponse, expectsContinue = false): void {
  const call = new Call(gateway, req, res, expectsContinue);
  gateway.inFlight += 1;
  // "close" comes once in every case: answered, refused, or the client went away.
  res.on("close", () => endCall(call));
  try {
    const refused =
      checkRequest(call) ?? //     400 413 414 431 503  what Node's parser lets through; limits
      routeCall(call) ?? //        404 405              space, catalog, API, operation
      readCredentials(call) ?? //  401 403              from the declared places only
      authenticate(call) ?? //     401                  client ID, secret, environment, expiry
      findSubscription(call) ?? // 403                  application and plan
      countCall(call) ?? //        429                  rate limits of the plan
      invoke(call); //             413 502 504          the backend, streaming both ways
    if (refused) answerRefusal(call, refused);
  } catch (error) {
    failCall(call, error);
  }
}

/** An invariant that breaks fails the call, not the process, and never lets it through (T34). */
function failCall(call: Call, error: unknown): void {
  log.error({ requestId: call.requestId, reason: error instanceof Error ? error.stack : "unknown" }, "call failed");
  if (call.res.headersSent) call.res.destroy();
  else answerRefusal(call, refuse("GATEWAY_FAILED"));
}

function endCall(call: Call): void {
  call.gateway.inFlight -= 1;
  // Set as long as the backend has not finished: the client went away, or was refused meanwhile.
  call.abortBackend?.();
  recordCall(call);
}
