import { closeAfterAnswer } from "#gateway/last-answer.ts";
import type { Context } from "./context.ts";

/** Statuses without a body (RFC 9110 6.4.1). */
const BODILESS = new Set([204, 205, 304]);
/** Not a policy's to say: framing, and what the gateway sets on every answer. */
const OURS =
  /^(connection|content-length|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-request-id|x-global-transaction-id)$/i;
const LIMITS = /^(x-)?ratelimit(-(limit|policy|remaining|reset))?$/i;

/** Answers the client with the message. Headers that came with the request are not sent back. */
export function sendMessage(context: Context): void {
  const { call, message } = context;
  const { res, limitHeaders, corsHeaders, requestId, gateway } = call;
  if (res.headersSent || res.destroyed) return;
  if (!context.answered) describeOwn(context);
  const status = message.status || 200;
  const body = BODILESS.has(status) ? undefined : message.body.bytes();
  const headers: string[] = [];
  for (const [name, value] of message.headers) {
    if (!OURS.test(name) && !(limitHeaders.length > 0 && LIMITS.test(name))) headers.push(name, value);
  }
  if (body) headers.push("Content-Length", String(body.length));
  headers.push("X-Request-Id", requestId, "X-Global-Transaction-ID", requestId, ...limitHeaders, ...corsHeaders);
  // What was not read of the request could be taken for the next one.
  if (gateway.draining || (call.contentLength !== 0 && !call.req.complete)) closeAfterAnswer(call, headers);
  if (message.reason === "") res.writeHead(status, headers);
  else res.writeHead(status, message.reason, headers);
  if (call.req.method !== "HEAD") call.responseBytes = body?.length ?? 0;
  res.end(body);
}

/** A message that no backend answered: of the request only its body can be left, with what describes it. */
function describeOwn({ message, requestBody }: Context): void {
  const echoed = message.body === requestBody;
  message.headers.dropClient(echoed ? ["content-type", "content-encoding"] : []);
  if (!echoed) message.describeBody();
}
