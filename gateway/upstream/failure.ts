import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { BodyTooLargeError } from "./request-body.ts";

/** Errors of undici and Node that mean "no connection was made": refused, no such name, TLS, a forbidden address. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "CONNECT_TIMEOUT",
  "UND_ERR_DESTROYED",
  "UND_ERR_CLOSED",
]);
const TIMED_OUT = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
const INVALID = new Set([
  "BACKEND_INVALID",
  "UND_ERR_SOCKET",
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RESPONSE_CONTENT_LENGTH_MISMATCH",
]);
/** OpenSSL's and Node's codes for certificates, names and handshakes, on both sides. */
const TLS = /CERT|TLS|SSL|SELF_SIGNED|EPROTO|ISSUER|CRL/;

/** Which refusal a failed backend call becomes; its text stays inside, it may name internal hosts. */
export function refusalOf(error: Error): Refused {
  if (error instanceof BodyTooLargeError) return refuse("BODY_TOO_LARGE");
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "ADDRESS_FORBIDDEN") return refuse("BACKEND_UNREACHABLE", "backend-address-forbidden");
  if (TIMED_OUT.has(code)) return refuse("BACKEND_TIMEOUT");
  if (INVALID.has(code) || error.name === "HTTPParserError") return refuse("BACKEND_INVALID");
  if (UNREACHABLE.has(code)) return refuse("BACKEND_UNREACHABLE");
  if (TLS.test(code)) return refuse("BACKEND_UNREACHABLE", "backend-tls-failed");
  // Several addresses were tried: the first one speaks for all.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return refusalOf(error.errors[0]);
  return refuse("BACKEND_UNREACHABLE");
}
