/** What does not come from a backend to a client: hop-by-hop headers (T6) and those that are ours. */
const DROPPED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-global-transaction-id",
  "x-request-id",
]);
/** Two gateways' limits in one answer would contradict each other. */
const LIMITS = new Set([
  "ratelimit",
  "ratelimit-limit",
  "ratelimit-policy",
  "ratelimit-remaining",
  "ratelimit-reset",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
]);

/** What a backend says to browsers would open, or close, what the API's own settings decide. */
const isCors = (lower: string): boolean => lower.startsWith("access-control-");

interface AnswerName {
  name: string;
  lower: string;
  dropped: boolean;
  limit: boolean;
  cors: boolean;
}

/** Bounded in number and length: a backend could send a new name with every answer. */
const KNOWN_MAX = 2_000;
const KNOWN_LENGTH_MAX = 64;
const known = new Map<string, AnswerName>();

function answerName(raw: string): AnswerName {
  const found = known.get(raw);
  if (found) return found;
  // A copy: what is cut from a head holds all of the head in memory.
  const name = Buffer.from(raw, "latin1").toString("latin1");
  const lower = name.toLowerCase();
  const made = { name, lower, dropped: DROPPED.has(lower), limit: LIMITS.has(lower), cors: isCors(lower) };
  if (known.size < KNOWN_MAX && name.length <= KNOWN_LENGTH_MAX) known.set(name, made);
  return made;
}

export interface AnswerHeaders {
  headers: string[];
  /** Declared length of the body, -1 when there is none. */
  contentLength: number;
}

/**
 * Copies a backend's raw headers (name, value, name, …) for the client. `limited`: we add limit headers of our own;
 * `cors`: we answer browsers by the API's settings.
 */
export function answerHeaders(status: number, raw: readonly string[], limited: boolean, cors: boolean): AnswerHeaders {
  const headers: string[] = [];
  let contentLength = -1;
  let hopByHop: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const { name, lower, dropped, limit, cors: forBrowsers } = answerName(raw[i] as string);
    if (lower === "connection") {
      const value = (raw[i + 1] as string).toLowerCase();
      if (value !== "keep-alive" && value !== "close") {
        hopByHop = [...(hopByHop ?? []), ...value.split(",").map((token) => token.trim())];
      }
    }
    if (dropped || (limited && limit) || (cors && forBrowsers)) continue;
    const value = raw[i + 1] as string;
    if (lower === "content-length") {
      // RFC 9110 8.6: a client that believed it would wait for a body, or take the next answer for it.
      if (status === 204) continue;
      contentLength = Number(value);
    }
    headers.push(name, value);
  }
  return { headers: hopByHop ? without(headers, hopByHop) : headers, contentLength };
}

function without(headers: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (!names.includes(name.toLowerCase()) || name.toLowerCase() === "content-length")
      kept.push(name, headers[i + 1] as string);
  }
  return kept;
}
