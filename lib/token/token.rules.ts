/** Seconds that an access token lives, unless the client asks for another time. */
export const TOKEN_SECONDS = 900;
/** The most that a client may ask for (X15). */
export const TOKEN_SECONDS_MAX = 3_600;

/** Seconds that a verifier may keep the published keys before it asks again. */
export const JWKS_SECONDS = 300;
/** A new key is published so long before it signs: whoever keeps the keys has asked again by then, even if late. */
export const PUBLISHED_BEFORE_SECONDS = 2 * JWKS_SECONDS;
/** Clocks of gateways may differ by so much when an old key's last tokens end. */
export const CLOCK_SLACK_SECONDS = 60;

/** JWKS of the portal and of every gateway. */
export const JWKS_PATH = "/.well-known/jwks.json";
/** RFC 8414. */
export const METADATA_PATH = "/.well-known/oauth-authorization-server";
export const TOKEN_PATH = "/oidc/token";
/** A request for a token is a few hundred bytes. */
export const TOKEN_REQUEST_BYTES_MAX = 16_384;
