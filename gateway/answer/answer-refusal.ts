import type { Call } from "#gateway/call.ts";
import { closeAfterAnswer } from "#gateway/last-answer.ts";
import { endLate } from "#gateway/late-writes.ts";
import { prefersXml } from "./prefers-xml.ts";
import { bodyOf, type Refused, toXml } from "./refusal.ts";

/** A body that nobody will read is thrown away up to this length, so that the connection can serve the next call. */
const DISCARD_BYTES_MAX = 65_536;

/** Malformed, or never complete: nothing that follows on the connection can be trusted (T1). */
const CUTS_OFF = new Set(["REQUEST_MALFORMED", "REQUEST_TIMEOUT"]);

/** Answers a call with a refusal, once. Closes the connection when the rest of the request could be taken for a new one. */
export function answerRefusal(call: Call, refused: Refused): void {
  const { res } = call;
  if (res.headersSent || res.destroyed) return;
  call.refused = refused;
  const { rendered, extra } = refused;
  // A call that is rejected uses up no limit; one that failed behind the gateway does.
  if (rendered.status < 500) call.gateway.limits.giveBack(call.counted, call.startedAtMs);
  const form = prefersXml(call) ? toXml(rendered) : rendered.json;
  const headers = [
    ...form.headers,
    ...extra,
    "X-Request-Id",
    call.requestId,
    "X-Global-Transaction-ID",
    call.requestId,
    ...call.limitHeaders,
    ...call.corsHeaders,
  ];
  if (mustClose(call)) closeAfterAnswer(call, headers);
  const body = bodyOf(form, call.requestId);
  if (call.req.method !== "HEAD") call.responseBytes = Buffer.byteLength(body);
  res.writeHead(rendered.status, headers);
  endLate(call, body, "utf8");
}

function mustClose(call: Call): boolean {
  if (call.gateway.draining || CUTS_OFF.has(call.refused?.rendered.code ?? "")) return true;
  // The client may or may not send the body that it announced: what follows would be read wrongly.
  if (call.expectsContinue) return true;
  if (call.req.complete) return false;
  // Refused before its headers were read to the end: whether it has a body, and how it is framed, nobody has checked.
  const { headers } = call.req;
  if (call.contentLength === 0 && (headers["content-length"] ?? "0") !== "0") return true;
  if (call.contentLength === 0 && headers["transfer-encoding"] !== undefined) return true;
  return call.contentLength < 0 || call.contentLength > DISCARD_BYTES_MAX;
}
