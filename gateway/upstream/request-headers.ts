import type { Outgoing } from "#gateway/assembly/outgoing.ts";
import type { Call } from "#gateway/call.ts";
import { AUTHORIZATION, CREDENTIAL, DECLARED, headerName, PASS } from "#gateway/header-names.ts";
import { eachParameter, looksLikeClientId, parameterValue } from "#gateway/query.ts";
import type { Backend, GatewayApi } from "#gateway/snapshot/model.ts";
import { PROOF_HEADER } from "./proof.ts";
import { viaField } from "./via.ts";

/**
 * The headers that the backend gets, flat: the client's without hop-by-hop, identity and credential headers, then ours.
 * Ours come last and unconditionally, so that nothing a client's Connection header names can remove them (T6, T7).
 * `authorization`: the access token, where the backend wants one.
 */
export function backendHeaders(call: Call, api: GatewayApi, backend: Backend, authorization?: string): string[] {
  const headers = clientHeaders(call, api, backend.ownHeader, ["Host", backend.host]);
  // Not as the client wrote it: a chunked body that was held back has a length after all.
  if (call.contentLength > 0) headers.push("Content-Length", String(call.contentLength));
  return withOurs(headers, call, backend, authorization);
}

/** As `backendHeaders`, for what an assembly sends. `length` of the body, -1 = chunked. */
export function outgoingHeaders(
  call: Call,
  { backend, headers: given }: Outgoing,
  authorization: string | undefined,
  length: number,
): string[] {
  const headers = ["Host", backend.host];
  for (let i = 0; i < given.length; i += 2) {
    const name = given[i] as string;
    if (headerName(name).canonical !== backend.ownHeader) headers.push(name, given[i + 1] as string);
  }
  if (length > 0) headers.push("Content-Length", String(length));
  return withOurs(headers, call, backend, authorization);
}

/** The client's headers that travel, appended to `headers`; without one that is named like the backend's own. */
export function clientHeaders(call: Call, api: GatewayApi, ownHeader = "", headers: string[] = []): string[] {
  const raw = call.req.rawHeaders;
  const hopByHop = call.connectionTokens === "" ? undefined : call.connectionTokens.split(",").map((t) => t.trim());
  for (let i = 0; i < call.names.length; i += 1) {
    const name = call.names[i];
    if (!name || !travels(call, api, name.lower, name.kind)) continue;
    if (hopByHop?.includes(name.lower)) continue;
    const value = raw[i * 2 + 1] as string;
    if (api.enforced && isCredential(api, name.lower, value)) continue;
    if (name.canonical === ownHeader) continue;
    headers.push(raw[i * 2] as string, value);
  }
  return headers;
}

function withOurs(headers: string[], call: Call, backend: Backend, authorization: string | undefined): string[] {
  for (const text of backend.signIn) headers.push(text);
  if (authorization !== undefined) headers.push("Authorization", authorization);
  if (backend.proof) headers.push(PROOF_HEADER, call.backendProof);
  headers.push(
    "X-Forwarded-For",
    call.clientAddress,
    "X-Forwarded-Host",
    call.host,
    "X-Forwarded-Proto",
    call.gateway.publicProtocol,
    "X-Request-Id",
    call.requestId,
    "Via",
    viaField(call),
  );
  return headers;
}

function travels(call: Call, api: GatewayApi, lower: string, kind: number): boolean {
  if (kind === PASS) return true;
  if (kind === CREDENTIAL) return !api.enforced;
  if (kind === DECLARED) return call.operation?.headers?.has(lower) === true;
  return kind === AUTHORIZATION && api.passesAuthorization && !call.dropsAuthorization && lower === "authorization";
}

function isCredential({ credentialNames }: GatewayApi, lower: string, value: string): boolean {
  const key = credentialNames.headers.get(lower);
  if (!key) return false;
  return !(key === "client_id" && credentialNames.customary.has(lower) && !looksLikeClientId(value));
}

/** Path and query for the backend: its own prefix, the path below the base path as received, the query without credentials. */
export function backendTarget(call: Call, api: GatewayApi, backend: Backend): string {
  const query = api.enforced ? withoutCredentials(call.query, api) : call.query;
  return query === "" ? backend.pathPrefix + call.pathBelow : `${backend.pathPrefix}${call.pathBelow}?${query}`;
}

/** A query without the parameters that hold credentials of this API. */
export function withoutCredentials(query: string, { credentialNames }: GatewayApi): string {
  if (query === "" || credentialNames.query.size === 0) return query;
  const kept: string[] = [];
  eachParameter(query, (name, text) => {
    const key = credentialNames.query.get(name);
    const own = key === "client_id" && credentialNames.customary.has(name) && !looksLikeClientId(parameterValue(text));
    if (!key || own) kept.push(text);
  });
  return kept.join("&");
}
