import type { Call } from "#gateway/call.ts";
import { AUTHORIZATION } from "#gateway/header-names.ts";
import type { GatewayApi, GatewayOperation } from "#gateway/snapshot/model.ts";
import { isApiKeyShape } from "#lib/crypto/api-key.ts";

/**
 * Takes note of `Authorization: Bearer` (gateway.md 2.4). Where the API takes it in place of the pair it is the call's
 * credential. An API with an http or oauth2 scheme of its own may mean another issuer's: there only what begins like a
 * token of ours, or is shaped like one of our API keys, counts, and that never travels on (docs/decisions/019).
 */
export function readBearer(call: Call, api: GatewayApi, operation: GatewayOperation): void {
  const bearer = bearerOf(call);
  if (bearer === undefined) return;
  if (api.ownAuthorization) {
    if (!bearer.split(", ").some((one) => isOurs(call, one))) return;
    call.dropsAuthorization = true;
  }
  if (api.acceptsTokens && operation.security.some(({ id }) => id !== null)) call.bearer = bearer;
}

/** The token; of several headers all, joined, so that they match nothing. Undefined when there is none. */
function bearerOf({ names, req }: Call): string | undefined {
  let bearer: string | undefined;
  for (let i = 0; i < names.length; i += 1) {
    if (names[i]?.kind !== AUTHORIZATION) continue;
    const value = req.rawHeaders[i * 2 + 1] as string;
    if (!/^bearer +/i.test(value)) continue;
    const token = value.slice("Bearer ".length).trim();
    bearer = bearer === undefined ? token : `${bearer}, ${token}`;
  }
  return bearer;
}

const isOurs = (call: Call, token: string): boolean =>
  isApiKeyShape(token) || call.gateway.snapshot.tokens.isOwn(token, call.startedAtMs);
