/**
 * The gateway's own answers: code -> status, title, detail (gateway.md part 3). The gateway renders them, the console
 * explains them, gateway/README.md lists them, and a test holds the three together.
 */
export const refusals = {
  REQUEST_MALFORMED: { status: 400, detail: "The request is not acceptable HTTP" },
  REQUEST_INVALID: { status: 400, detail: "The request does not match the API's definition" },
  CLIENT_ID_MISSING: { status: 401, code: "CREDENTIAL_MISSING", detail: "Client ID is missing" },
  CLIENT_SECRET_MISSING: { status: 401, code: "CREDENTIAL_MISSING", detail: "Client secret is missing" },
  CLIENT_ID_NOT_REGISTERED: { status: 401, detail: "Client ID not registered" },
  CREDENTIAL_INVALID: { status: 401, detail: "Invalid client ID or secret" },
  TOKEN_INVALID: { status: 401, detail: "The access token is invalid or has expired" },
  MULTIPLE_CLIENT_IDS: { status: 403, detail: "The client ID was sent more than once" },
  NOT_SUBSCRIBED: { status: 403, detail: "The application is not subscribed to a plan of this API" },
  APPLICATION_SUSPENDED: { status: 403, detail: "The application is suspended" },
  NETWORK_NOT_ALLOWED: { status: 403, detail: "Calls from this address are not allowed" },
  API_NOT_FOUND: { status: 404, detail: "API not found for requested URI" },
  OPERATION_NOT_FOUND: { status: 404, detail: "No resources match requested URI" },
  METHOD_NOT_ALLOWED: { status: 405, detail: "The method is not allowed for requested URI" },
  REQUEST_TIMEOUT: { status: 408, detail: "The request did not arrive in time" },
  BODY_TOO_LARGE: { status: 413, detail: "The request body is too large" },
  URI_TOO_LONG: { status: 414, detail: "The request target is too long" },
  HEADERS_TOO_LARGE: { status: 431, detail: "The request headers are too large" },
  RATE_LIMIT_EXCEEDED: { status: 429, detail: "Rate limit exceeded" },
  QUOTA_EXCEEDED: { status: 429, detail: "Quota exceeded" },
  BURST_LIMIT_EXCEEDED: { status: 429, detail: "Burst limit exceeded" },
  TOO_MANY_FAILURES: { status: 429, detail: "Too many failed authentications from this address" },
  POLICY_FAILED: { status: 500, detail: "A policy of the API failed" },
  GATEWAY_FAILED: { status: 500, detail: "The gateway failed to handle the call" },
  BACKEND_UNREACHABLE: { status: 502, detail: "The backend could not be reached" },
  BACKEND_INVALID: { status: 502, detail: "The backend answered something that is not HTTP" },
  NOT_READY: { status: 503, detail: "The gateway is starting" },
  STALE: { status: 503, detail: "The gateway has not heard of changes for too long" },
  OVERLOADED: { status: 503, detail: "The gateway has too many calls in flight" },
  BACKEND_TIMEOUT: { status: 504, detail: "The backend did not answer in time" },
  LOOP_DETECTED: { status: 508, detail: "The call came back through its own backend too often" },
} as const satisfies Record<string, { status: number; code?: string; detail: string }>;

/** Key of the table; two rows may share one public code. */
export type Refusal = keyof typeof refusals;

/** The stable code that clients see. */
export function publicCode(refusal: Refusal): string {
  const row = refusals[refusal];
  return "code" in row ? row.code : refusal;
}

/**
 * The exact cause behind a refusal, recorded for the application's owner and never sent to the client.
 * CREDENTIAL_INVALID is one text for all; these tell which it was.
 */
export const causes = [
  // REQUEST_MALFORMED: which part of it
  "target-malformed",
  "host-malformed",
  "framing-malformed",
  "expectation-unknown",
  // REQUEST_INVALID
  "parameter-invalid",
  "body-missing",
  "body-invalid",
  "content-type-unknown",
  "content-encoding-unknown",
  // HEADERS_TOO_LARGE
  "headers-too-many",
  "headers-too-long",
  // BODY_TOO_LARGE: announced, while it came, or for the check against the definition
  "body-announced",
  "body-grew",
  "body-unchecked",
  // REQUEST_TIMEOUT: it came, too slowly
  "body-slow",
  // API_NOT_FOUND
  "catalog-unknown",
  "base-path-unknown",
  // MULTIPLE_CLIENT_IDS
  "id-repeated",
  "id-in-both-places",
  "id-in-several-schemes",
  "token-beside-id",
  // TOKEN_INVALID: not ours, changed, or ended; else the cause is that of its credential
  "token-wrong",
  "secret-wrong",
  "secret-malformed",
  // right once, but its overlap after a reset is over
  "secret-ended",
  "credential-revoked",
  "credential-expired",
  "other-environment",
  "unknown-id",
  "wrong-location",
  "absent",
  "empty",
  "no-subscription",
  "subscription-pending",
  "subscription-suspended",
  "application-suspended",
  // the credential's list of APIs leaves this one out
  "out-of-scope",
  "network-of-credential",
  "network-of-api",
  "backend-missing",
  // OVERLOADED: the caller's address had its share of calls in flight
  "address-share",
  // OVERLOADED: bodies that are held for checks and policies took all of the memory for them
  "bodies-held",
  // every connection to the backend was in use
  "backend-busy",
  "backend-address-forbidden",
  // certificate, authority, name or handshake
  "backend-tls-failed",
  // the backend's token endpoint gave none
  "backend-token-failed",
  // LOOP_DETECTED: Via names this installation more often than APIs are chained
  "passed-too-often",
] as const;
export type Cause = (typeof causes)[number];
