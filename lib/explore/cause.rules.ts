import type { Cause, Refusal } from "#lib/errors/refusals.ts";

/** Who reads: a member of the application's organization, or of the organization that provides the API. */
export type CauseReader = "caller" | "provider";

interface CauseWords {
  /** What exactly the gateway found. */
  why: string;
  /** What mends it, for each who reads; one text where both can do the same. */
  next: string | Record<CauseReader, string>;
}

const fixAddress = "Take it out of the path or query value.";
const sendHeadersOnce = "Let the HTTP client write this header by itself.";
const newSecret = {
  caller:
    "Send the secret that was shown when it was made; if it is lost, reset it on the application’s page: the client ID stays.",
  provider: "Send the secret that was shown when it was made; the sandbox’s test values stand under Endpoints.",
};
const newCredential = "Create another on the application’s page and send that one.";
const backendIsTheirs = (provider: string) => ({
  caller: "Your call is fine. Tell the provider the request ID.",
  provider,
});

/** One row for each cause; the compiler asks for the missing one when a cause is added. */
const rows: Record<Cause, CauseWords> = {
  "target-malformed": {
    why: "The address holds what a backend could read as another path: an empty or dot segment, a backslash, a semicolon, a control character, or one of these encoded.",
    next: fixAddress,
  },
  "host-malformed": { why: "The Host header is missing, came twice, or names no host.", next: sendHeadersOnce },
  "framing-malformed": {
    why: "Content-Length and Transfer-Encoding are both there, came twice, or cannot be read, so that nobody knows where the body ends.",
    next: sendHeadersOnce,
  },
  "expectation-unknown": {
    why: "The Expect header asks for something other than 100-continue.",
    next: "Leave the header out.",
  },
  "parameter-invalid": {
    why: "A parameter does not fit the API’s definition.",
    next: "The answer names it, with what it must be: correct the value.",
  },
  "body-missing": { why: "The operation requires a body, and none came.", next: "Send one." },
  "body-invalid": {
    why: "The body does not fit the schema in the API’s definition.",
    next: "The answer names the place, with what must be there: correct it.",
  },
  "content-type-unknown": {
    why: "The body’s Content-Type is none that the operation takes.",
    next: "The answer lists those that it takes: send one of them.",
  },
  "content-encoding-unknown": {
    why: "The body is not in its Content-Encoding, or in one that can be checked.",
    next: "Send it plain, or as gzip, deflate or br.",
  },
  "headers-too-many": { why: "The request has more than 100 headers.", next: "Send fewer." },
  "headers-too-long": {
    why: "The request’s headers have more than 16 KB together.",
    next: "Shorten them; most often it is a cookie.",
  },
  "body-announced": {
    why: "Content-Length announced a body over the gateway’s limit.",
    next: "Send a smaller one, or ask the gateway’s operator for a higher limit.",
  },
  "body-grew": {
    why: "The body came without a length, and grew over the gateway’s limit.",
    next: "Send a smaller one, or ask the gateway’s operator for a higher limit.",
  },
  "body-unchecked": {
    why: "The API checks bodies against its definition, and this one has more than 1 MB, unpacked.",
    next: {
      caller: "Send a smaller one.",
      provider: "Larger ones pass only without x-portico.validate-request.",
    },
  },
  "body-slow": {
    why: "The body came at less than 500 bytes a second for ten seconds.",
    next: "Send it faster; a client that makes it bit by bit does so before it calls.",
  },
  "catalog-unknown": {
    why: "No organization and catalog have the first two parts of this path.",
    next: "Copy the address from the API’s page.",
  },
  "base-path-unknown": {
    why: "No API that is published in this catalog has this base path; a retired one is gone.",
    next: { caller: "Copy the address from the API’s page.", provider: "Publish the API to this catalog." },
  },
  "id-repeated": { why: "The client ID came twice in its header or parameter.", next: "Send it once." },
  "id-in-both-places": {
    why: "A client ID came in a header and in the query.",
    next: "Send it in the declared place only.",
  },
  "id-in-several-schemes": {
    why: "A client ID came under several names that this API declares.",
    next: "Send it under one.",
  },
  "token-beside-id": {
    why: "An access token came beside a client ID, and each of them says who calls.",
    next: "Send one of the two.",
  },
  "token-wrong": {
    why: "The access token is not one of this installation, was changed, or has expired.",
    next: "Get a new one at /oidc/token.",
  },
  "secret-wrong": { why: "The secret has the right form, and is not one of this client ID.", next: newSecret },
  "secret-malformed": {
    why: "What came as the secret was never one of Portico’s: a part is missing, or a character was mistyped.",
    next: newSecret,
  },
  "secret-ended": {
    why: "The secret was right once. It was reset since, and the time in which both worked is over.",
    next: "Send the one that was shown at the reset.",
  },
  "credential-revoked": { why: "The credential was revoked, for good.", next: newCredential },
  "credential-expired": { why: "The credential has expired.", next: newCredential },
  "other-environment": {
    why: "The client ID is registered for the other environment, or for another catalog alone: sandbox and production know nothing of each other’s IDs.",
    next: "Send an ID that was made for this one.",
  },
  "unknown-id": {
    why: "No application has this client ID: it was mistyped, or its application was deleted.",
    next: "Copy the ID from the application’s page.",
  },
  "wrong-location": {
    why: "It came, in another place than the one that the API declares, such as the query in place of a header.",
    next: "Send it in the declared place.",
  },
  absent: { why: "Nothing came in the declared place.", next: "Send it under the declared name." },
  empty: {
    why: "The header or parameter came with nothing in it, as from a variable that is not set.",
    next: "Look at what fills it.",
  },
  "no-subscription": {
    why: "The application has no subscription to this API in this catalog.",
    next: "Subscribe it to a plan on the API’s page.",
  },
  "subscription-pending": {
    why: "The subscription waits for approval.",
    next: {
      caller: "Calls pass as soon as the provider approves it.",
      provider: "Approve or reject it under Approvals.",
    },
  },
  "subscription-suspended": {
    why: "The application’s subscription is suspended.",
    next: { caller: "Ask the provider to resume it.", provider: "No call of it passes until it is resumed." },
  },
  "application-suspended": {
    why: "The application is suspended: none of its credentials works.",
    next: "No call of it passes until it is resumed.",
  },
  "out-of-scope": {
    why: "The credential or service ID has a list of APIs that it may call, and this one is not on it.",
    next: "Add the API to the list on the application’s page, or send another credential.",
  },
  "network-of-credential": {
    why: "The credential has a list of networks that it works from, and this address is in none of them.",
    next: "Call from one of them, or add the address to the credential on the application’s page.",
  },
  "network-of-api": {
    why: "The API has a list of networks that may call, and this address is in none of them.",
    next: {
      caller: "Call from one of them, or ask the provider to add the address.",
      provider: "Add the address to x-portico.networks in the definition and publish.",
    },
  },
  "backend-missing": {
    why: "The API has no backend address in this catalog.",
    next: backendIsTheirs("Enter one under Backend in the design."),
  },
  "address-share": {
    why: "The address that the call came from had its share of the gateway’s calls in flight.",
    next: "Wait for answers before sending more. Where many clients share a proxy of the operator’s, the operator can name it in TRUSTED_PROXIES.",
  },
  "bodies-held": {
    why: "Bodies that are held for checks and policies took all of the memory that the gateway has for them.",
    next: {
      caller: "Your call is fine. Send it again in a few seconds.",
      provider: "Hold fewer or shorter bodies, or ask the operator for more memory (GATEWAY_HELD_MB).",
    },
  },
  "backend-busy": {
    why: "Every connection that the gateway may have to the backend was in use.",
    next: {
      caller: "Your call is fine. Send it again in a few seconds.",
      provider: "The backend answers too slowly for this many calls: find what keeps it.",
    },
  },
  "backend-address-forbidden": {
    why: "The backend’s name leads to an address that the gateway must not call, such as one of its own network.",
    next: backendIsTheirs("Enter another address under Backend, or ask the operator to allow this one."),
  },
  "backend-tls-failed": {
    why: "No TLS connection to the backend came about: its certificate has expired, is not for this name, comes from an authority that is not trusted, or it wants another client certificate.",
    next: backendIsTheirs("Compare certificate, authority and server name under Backend in the design."),
  },
  "backend-token-failed": {
    why: "The token endpoint of the backend gave no access token.",
    next: backendIsTheirs("Check its address, client ID and secret under Backend in the design."),
  },
  "passed-too-often": {
    why: "The backend leads back to this gateway, which sent the call to it again, five times over.",
    next: backendIsTheirs("Enter the server behind the API under Backend, not the API’s own address."),
  },
};

/** Refusals whose public words are all that there is to say. */
const plain: ReadonlySet<Refusal> = new Set([
  "OPERATION_NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "URI_TOO_LONG",
  "RATE_LIMIT_EXCEEDED",
  "QUOTA_EXCEEDED",
  "BURST_LIMIT_EXCEEDED",
  "POLICY_FAILED",
  "GATEWAY_FAILED",
  "BACKEND_INVALID",
  "NOT_READY",
  "STALE",
]);

/** Whether the record of such a refusal can have a cause, so that it is worth asking. */
export const hasCause = (refusal: Refusal): boolean => !plain.has(refusal);

/** The exact cause of a refusal, and what to do next. For who may know it (lib/call-record/read-cause.ts), never for a stranger. */
export function explainCause(cause: Cause, reader: CauseReader): string {
  const { why, next } = rows[cause];
  return `${why} ${typeof next === "string" ? next : next[reader]}`;
}
