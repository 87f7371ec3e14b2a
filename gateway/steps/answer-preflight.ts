import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { ANSWERED, type Call } from "#gateway/call.ts";
import { closeAfterAnswer } from "#gateway/last-answer.ts";
import type { GatewayCors } from "#gateway/snapshot/model.ts";

/** Names of headers, as a preflight lists them (RFC 9110 5.6.2), and no more of them than a request may have. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~, -]{1,2048}$/;
/** What a page may read of an answer, beside what every page may read. */
const OURS =
  "X-Request-Id, X-Global-Transaction-ID, Retry-After, RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";
const NO_ORIGIN: readonly string[] = ["Vary", "Origin"];

/** The last value of a header, "" when it did not come. */
function headerOf({ names, req }: Call, lower: string): string {
  for (let i = names.length - 1; i >= 0; i -= 1) {
    if (names[i]?.lower === lower) return req.rawHeaders[i * 2 + 1] as string;
  }
  return "";
}

/** A browser's question before a call of another origin (Fetch, CORS-preflight). Any other OPTIONS is a call like all. */
export const isPreflight = (call: Call): boolean =>
  headerOf(call, "access-control-request-method") !== "" && headerOf(call, "origin") !== "";

/**
 * Answers a browser's preflight by the API's own settings, since it carries no credentials: 204, 404
 * OPERATION_NOT_FOUND. For a call from a browser it notes the headers that its answer needs, a refusal's too.
 */
export function answerPreflight(call: Call): Refused | typeof ANSWERED | undefined {
  const cors = call.api?.cors;
  if (!cors) return undefined;
  const origin = headerOf(call, "origin");
  const allowed = origin === "" ? "" : allowedOrigin(cors, origin, call.gateway.admission.portalOrigin);
  call.corsHeaders = headersFor(cors, allowed);
  return call.preflight ? answer(call, cors, allowed !== "") : undefined;
}

/** What Access-Control-Allow-Origin says to an origin: itself, "*", or "" = it may not. */
function allowedOrigin(cors: GatewayCors, origin: string, portalOrigin: string): string {
  if (cors.origins === null) return "*";
  return cors.origins.has(origin) || origin === portalOrigin ? origin : "";
}

function headersFor(cors: GatewayCors, allowed: string): readonly string[] {
  if (cors.origins === null) return cors.anyOrigin;
  // A cache must not give one origin's answer to another.
  if (allowed === "") return NO_ORIGIN;
  const headers = ["Access-Control-Allow-Origin", allowed, "Vary", "Origin"];
  headers.push("Access-Control-Expose-Headers", cors.expose === "" ? OURS : `${OURS}, ${cors.expose}`);
  if (cors.credentials) headers.push("Access-Control-Allow-Credentials", "true");
  return headers;
}

/** The headers for an API that any origin may call: the same for every answer. */
export const anyOriginHeaders = (expose: string): readonly string[] => [
  "Access-Control-Allow-Origin",
  "*",
  "Access-Control-Expose-Headers",
  expose === "" ? OURS : `${OURS}, ${expose}`,
];

function answer(call: Call, cors: GatewayCors, allowed: boolean): Refused | typeof ANSWERED {
  const { api, res, requestId, gateway } = call;
  const methods = api?.router.methodsOf(call.pathBelow) ?? [];
  if (methods.length === 0) return refuse("OPERATION_NOT_FOUND");
  const headers = [...call.corsHeaders, "X-Request-Id", requestId, "X-Global-Transaction-ID", requestId];
  if (allowed) {
    headers.push("Access-Control-Allow-Methods", methods.join(", "));
    const asked = headerOf(call, "access-control-request-headers");
    const named = cors.headers ?? (HEADER_NAMES.test(asked) ? asked : "");
    if (named !== "") headers.push("Access-Control-Allow-Headers", named);
    headers.push("Access-Control-Max-Age", cors.maxAge);
  }
  if (gateway.draining) closeAfterAnswer(call, headers);
  res.writeHead(204, headers);
  res.end();
  return ANSWERED;
}
