import { heldMemory } from "#gateway/admission/held-memory.ts";
import { refuseAuthentication } from "#gateway/admission/refuse-authentication.ts";
import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { ANSWERED, type Call, noteHeldBody } from "#gateway/call.ts";
import { closeAfterAnswer } from "#gateway/last-answer.ts";
import { BodyTooLargeError, RequestBody } from "#gateway/upstream/request-body.ts";
import { env } from "#lib/env.ts";
import { exchangeToken, type TokenHolder } from "#lib/token/exchange-token.ts";
import { serverMetadata } from "#lib/token/server-metadata.ts";
import { JWKS_PATH, JWKS_SECONDS, METADATA_PATH, TOKEN_PATH, TOKEN_REQUEST_BYTES_MAX } from "#lib/token/token.rules.ts";

type Outcome = Refused | typeof ANSWERED | undefined;

/**
 * Answers what is asked of the gateway itself (gateway.md part 5): `POST /oidc/token` in the form of RFC 6749, the
 * public keys, and where both are (RFC 8414). 405 with Allow, 413, 429 TOO_MANY_FAILURES. No space has such a prefix.
 */
export function answerTokenRequest(call: Call): Outcome | Promise<Outcome> {
  if (call.path === TOKEN_PATH) {
    return call.req.method === "POST" ? exchange(call) : refuse("METHOD_NOT_ALLOWED", null, ["Allow", "POST"]);
  }
  if (call.path !== JWKS_PATH && call.path !== METADATA_PATH) return undefined;
  if (call.req.method !== "GET" && call.req.method !== "HEAD") {
    return refuse("METHOD_NOT_ALLOWED", null, ["Allow", "GET, HEAD"]);
  }
  const cache = { "Cache-Control": `public, max-age=${JWKS_SECONDS}` };
  if (call.path === METADATA_PATH) {
    return send(call, 200, { "Content-Type": "application/json", ...cache }, serverMetadata(env().GATEWAY_URL));
  }
  return send(
    call,
    200,
    { "Content-Type": "application/jwk-set+json", ...cache },
    call.gateway.snapshot.tokens.keys.jwks(call.startedAtMs),
  );
}

async function exchange(call: Call): Promise<Outcome> {
  const body = await readBody(call);
  if (typeof body !== "string") return body;
  const { snapshot } = call.gateway;
  const request = { contentType: headerOf(call, "content-type"), authorization: headerOf(call, "authorization"), body };
  const { keys } = snapshot.tokens;
  const { answer, holderId, failed } = await exchangeToken(request, (id) => findHolder(call, id), keys, Date.now());
  if (failed) {
    // For the record; what the client gets is the form of RFC 6749.
    const refused = refuseAuthentication(call, "CREDENTIAL_INVALID", holderId ? "secret-wrong" : "unknown-id");
    if (refused.rendered.status === 429) return refused;
    call.refused = refused;
  } else if (call.credential) call.authenticated = true;
  return send(call, answer.status, answer.headers, answer.body);
}

/** At most 16 KB, whatever the operator allows APIs; undefined after the client went away. */
async function readBody(call: Call): Promise<string | Refused | typeof ANSWERED> {
  const { req, res } = call;
  // A request that has none ends with its headers, and says nothing of it any more (server.ts).
  if (call.contentLength === 0) return "";
  if (call.contentLength > TOKEN_REQUEST_BYTES_MAX) return refuse("BODY_TOO_LARGE", "body-announced");
  noteHeldBody(call);
  if (call.expectsContinue) res.writeContinue();
  call.expectsContinue = false;
  const pieces: Buffer[] = [];
  const body = new RequestBody(req, TOKEN_REQUEST_BYTES_MAX);
  const held = heldMemory(call);
  try {
    for await (const piece of body) {
      if (!held.take(piece.length)) return held.ended ? ANSWERED : refuse("OVERLOADED", "bodies-held");
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof BodyTooLargeError) return refuse("BODY_TOO_LARGE", "body-grew");
    return ANSWERED;
  }
  call.requestBytes = body.bytes;
  return res.headersSent || res.destroyed ? ANSWERED : Buffer.concat(pieces).toString("utf8");
}

/** Values of all headers of a name; two make one that nothing accepts. */
function headerOf({ names, req }: Call, lower: string): string {
  return req.rawHeaders.filter((_, i) => i % 2 === 1 && names[(i - 1) / 2]?.lower === lower).join(", ");
}

/** As the snapshot has it now. What is suspended gets no token. */
function findHolder(call: Call, clientId: string): TokenHolder | undefined {
  const { credentials, applications } = call.gateway.snapshot;
  const credential = credentials.get(clientId);
  if (!credential || applications.get(credential.applicationId)?.suspended !== false) return undefined;
  call.credential = credential;
  return credential;
}

function send(call: Call, status: number, own: Record<string, string>, body: string): typeof ANSWERED {
  const headers = [...Object.entries(own).flat(), "Content-Length", String(Buffer.byteLength(body))];
  headers.push("X-Request-Id", call.requestId, "X-Global-Transaction-ID", call.requestId);
  if (call.gateway.draining) closeAfterAnswer(call, headers);
  if (call.req.method !== "HEAD") call.responseBytes = Buffer.byteLength(body);
  call.res.writeHead(status, headers);
  call.res.end(body);
  return ANSWERED;
}
