import { heldBytesMax, heldMemory } from "#gateway/admission/held-memory.ts";
import type { Refused } from "#gateway/answer/refusal.ts";
import { bodyOf } from "#gateway/answer/refusal.ts";
import { NO_LIMITS } from "#gateway/limits/counter.ts";
import type { InvokePolicy } from "#lib/assembly/plan.ts";
import { callBackend } from "../call-backend.ts";
import type { Context } from "../context.ts";
import { Body, EMPTY, Headers, Message } from "../message.ts";
import type { Outgoing } from "../outgoing.ts";
import { PolicyError } from "../policy-error.ts";
import { nameTest, targetReader } from "../target.ts";
import type { Run } from "./step.ts";

/** Set by the gateway for each call of a backend; a message does not bring its own. */
const OURS =
  /^(host|content-length|transfer-encoding|connection|x-forwarded-(for|host|proto)|x-request-id|x-global-transaction-id|x-gateway-proof|via)$/i;
/** Usually without a body (RFC 9110 9.3). */
const BODILESS = new Set(["GET", "HEAD"]);
const TIMEOUT_MS = 60_000;

/** Calls a backend with the message (S100), and puts its answer into the message or a variable; as the last policy it streams. */
export function invoke(policy: InvokePolicy): Run {
  const target = targetReader(policy);
  const keepsHeader = policy.headers && nameTest(policy.headers, true);
  const stops = (name: string) => (policy.stopOnError ? policy.stopOnError.includes(name) : name === "ConnectionError");
  return (context) => {
    const { call, message } = context;
    const method = policy.verb ?? call.req.method ?? "GET";
    const { backend, path } = target(context);
    const timed = policy.timeoutMs === null ? backend : { ...backend, responseTimeoutMs: policy.timeoutMs };
    const headers: string[] = [];
    for (const [name, value] of message.headers) {
      if (!OURS.test(name) && (!keepsHeader || keepsHeader(name))) headers.push(name, value);
    }
    const outgoing = { backend: timed, method, path, headers };
    const bodiless = BODILESS.has(method) && !policy.keepPayload;
    // A trace shows what comes back, so nothing streams then.
    if (policy.tail && !context.tracer) return stream(context, outgoing, bodiless);
    return buffered(context, policy, outgoing, bodiless, stops);
  };
}

/** Leaves the call of the backend to the step that streams both ways (steps/invoke.ts). */
function stream(context: Context, outgoing: Outgoing, bodiless: boolean): void {
  const { call } = context;
  call.outgoing = outgoing;
  context.streams = true;
  const { message, requestBody, bodyRead } = context;
  if (!bodiless && !bodyRead && message.body === requestBody) return;
  const body = bodiless ? EMPTY : message.body.bytes();
  call.contentLength = body.length;
  call.heldBody = body.length > 0 ? body : undefined;
}

async function buffered(
  context: Context,
  policy: InvokePolicy,
  outgoing: Outgoing,
  bodiless: boolean,
  stops: (name: string) => boolean,
): Promise<void> {
  const { call } = context;
  await context.readBody();
  const left = context.deadline - performance.now();
  const totalMs = Math.max(1, Math.min(policy.timeoutMs ?? TIMEOUT_MS, left));
  const body = bodiless ? undefined : context.message.body.bytes();
  // Whatever comes of it, the call has cost a backend something: it stays counted.
  call.counted = NO_LIMITS;
  const answer = await callBackend(call, outgoing, body, totalMs);
  let made: Message;
  if ("refused" in answer) {
    const error = new PolicyError(["ConnectionError"], "the backend could not be reached, or did not answer", {
      toClient: answer.refused,
    });
    if (stops("ConnectionError")) throw error;
    made = refusalMessage(answer.refused, call.requestId);
  } else {
    made = new Message(Headers.of(answer.headers, false), Body.bytes(answer.body));
    made.headers.clear("content-length");
    made.status = answer.status;
  }
  if (policy.output === null) {
    context.message = made;
    context.answered = true;
  } else {
    // Whoever reads the variable reads its body.
    await made.decode(heldBytesMax(call.gateway), heldMemory(call));
    context.variables.set(policy.output, made);
  }
  if (made.status >= 400 && stops("OperationError")) {
    throw new PolicyError(["OperationError"], `the backend answered ${made.status}`, { status: made.status });
  }
}

/** What the gateway would have answered, as a message that policies can change. */
export function refusalMessage({ rendered }: Refused, requestId: string): Message {
  const message = new Message(
    Headers.of(["Content-Type", "application/problem+json", "Cache-Control", "no-store"], false),
    Body.bytes(Buffer.from(bodyOf(rendered.json, requestId), "utf8")),
  );
  message.status = rendered.status;
  message.standsIn = true;
  return message;
}
