import type { Refused } from "#gateway/answer/refusal.ts";
import { ANSWERED, type Call } from "#gateway/call.ts";
import { GoneError } from "#gateway/gone-error.ts";
import type { GatewayApi } from "#gateway/snapshot/model.ts";
import { log } from "#lib/log.ts";
import { Context } from "./context.ts";
import { refusalMessage } from "./policies/invoke.ts";
import { PolicyError, uncaught } from "./policy-error.ts";
import type { Program } from "./program.ts";
import { runSteps } from "./run-steps.ts";
import { sendMessage } from "./send-message.ts";
import { tracerOf } from "./trace.ts";

/** A whole assembly, all its backends included. What streams at its end is not counted. */
const ASSEMBLY_MS = 120_000;

/**
 * Runs an assembly: execute, on an error the catch that names it, in every case finally. Resolves to ANSWERED, to the
 * refusal of an error that nothing caught, or to undefined when the next step is to stream what `call.outgoing` says.
 */
export async function runAssembly(
  call: Call,
  api: GatewayApi,
  program: Program,
): Promise<Refused | typeof ANSWERED | undefined> {
  const tracer = tracerOf(call, api);
  const context = new Context(call, api, program.plan, tracer, performance.now() + ASSEMBLY_MS);
  try {
    let failure = await attempt(context, program.execute);
    if (failure && program.catches.length > 0) failure = await recover(context, program, failure);
    if (program.last.length > 0) failure = (await attempt(context, program.last)) ?? failure;
    if (failure) return refusal(context, failure);
    if (context.streams) return undefined;
    sendMessage(context);
    return ANSWERED;
  } catch (error) {
    if (error instanceof GoneError) return ANSWERED;
    throw error;
  } finally {
    tracer?.end();
  }
}

async function attempt(context: Context, steps: Program["execute"]): Promise<PolicyError | undefined> {
  try {
    await runSteps(context, steps);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

/** The first catch that names the error, else `default`; undefined when it dealt with it. */
async function recover(context: Context, { catches }: Program, failure: PolicyError): Promise<PolicyError | undefined> {
  const named = catches.find(({ errors }) => errors?.some((name) => failure.names.includes(name)));
  const found = named ?? catches.find(({ errors }) => errors === null);
  if (!found) return failure;
  context.error = failure;
  // What a backend answered stays the message; else it is what the client would have got, for the policies to change.
  if (!failure.names.includes("OperationError")) {
    context.message = refusalMessage(uncaught(failure), context.call.requestId);
    context.answered = true;
  }
  return attempt(context, found.steps);
}

/** What an author threw, or a client caused, is no news to the operator; and words stay out of logs: they may hold parts of the request (S92). */
function refusal({ call }: Context, failure: PolicyError): Refused {
  const refused = uncaught(failure);
  if (refused.rendered.status >= 500) {
    log.warn({ requestId: call.requestId, policy: failure.title, error: failure.names[0] }, "policy failed");
  }
  return refused;
}
