/** For name, connection and TLS handshake together. */
export const connectTimeoutBounds = { min: 100, max: 60_000, initial: 5_000 };
/** From the end of the request to the headers of the answer. */
export const responseTimeoutBounds = { min: 100, max: 600_000, initial: 30_000 };

/** Framing and routing of a call, and what only the gateway may say of it: a key cannot be sent under these names. */
const OWN = new Set([
  "connection",
  "content-length",
  "expect",
  "forwarded",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-gateway-proof",
  "x-request-id",
]);

export function isOwnHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return OWN.has(lower) || lower.startsWith("proxy-") || lower.startsWith("x-forwarded-");
}

const DAY_MS = 86_400_000;

/** Whole days until a certificate ends, for display: 0 = today, negative = it has ended. */
export const daysLeft = (notAfter: Date, now: Date): number =>
  Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
