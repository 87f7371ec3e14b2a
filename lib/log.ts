import pino from "pino";

/**
 * The one logger: a JSON line an event on standard output, control characters escaped.
 * Secrets are kept out by never being passed in; the redaction list is the second fence (S92, T24).
 */
export const log = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: { pid: process.pid },
  redact: {
    paths: ["password", "secret", "authorization", "cookie", "*.password", "*.secret", "*.authorization", "*.cookie"],
    censor: "[redacted]",
  },
});
