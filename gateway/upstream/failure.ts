import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import { BodyTooLargeError } from "./request-body.ts";

/** Errors that mean "no connection was made": refused, no such name, TLS, a forbidden address. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "CONNECT_TIMEOUT",
  "BACKEND_CLOSED",
]);
/** The connection broke, or what came on it was no answer. */
const INVALID = new Set(["BACKEND_INVALID", "ECONNRESET", "EPIPE"]);
/** OpenSSL's and Node's codes for certificates, names and handshakes, on both sides. */
const TLS = /CERT|TLS|SSL|EPROTO|ISSUER|VERIFY|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH/;

/** Which refusal a failed backend call becomes; its text stays inside, it may name internal hosts. */
export function refusalOf(error: Error): Refused {
  if (error instanceof BodyTooLargeError) return refuse("BODY_TOO_LARGE", "body-grew");
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "ADDRESS_FORBIDDEN") return refuse("BACKEND_UNREACHABLE", "backend-address-forbidden");
  if (code === "BACKEND_TIMEOUT") return refuse("BACKEND_TIMEOUT");
  if (code === "BACKEND_BUSY") return refuse("OVERLOADED", "backend-busy");
  if (INVALID.has(code)) return refuse("BACKEND_INVALID");
  if (UNREACHABLE.has(code)) return refuse("BACKEND_UNREACHABLE");
  if (TLS.test(code)) return refuse("BACKEND_UNREACHABLE", "backend-tls-failed");
  // Several addresses were tried: the first one speaks for all.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return refusalOf(error.errors[0]);
  return refuse("BACKEND_UNREACHABLE");
}
