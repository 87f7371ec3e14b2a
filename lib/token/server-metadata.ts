import { env } from "#lib/env.ts";
import { JWKS_PATH, TOKEN_PATH } from "./token.rules.ts";
import { API_KEY_GRANT } from "./token-request.ts";

/**
 * What a client needs to find the token endpoint by itself (RFC 8414), as JSON. `base` is the address of whoever answers:
 * portal and gateways issue the same tokens, all in the portal's name.
 */
export const serverMetadata = (base: string): string =>
  JSON.stringify({
    issuer: env().PORTAL_URL,
    token_endpoint: base + TOKEN_PATH,
    jwks_uri: base + JWKS_PATH,
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    grant_types_supported: ["client_credentials", API_KEY_GRANT],
    // Required by RFC 8414; there is no authorization endpoint.
    response_types_supported: [],
    scopes_supported: ["sandbox", "production"],
  });
