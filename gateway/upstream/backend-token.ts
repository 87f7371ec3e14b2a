import { rootCertificates } from "node:tls";
import { Client } from "undici";
import { z } from "zod";
import { log } from "#lib/log.ts";
import { type AddressRule, connector, type Endpoint } from "./connect.ts";

/** OAuth 2.0 client credentials of a backend (RFC 6749 4.4). Backends whose `key` is the same share a token. */
export interface ClientCredentials {
  key: string;
  endpoint: Endpoint;
  /** Path of the token endpoint. */
  path: string;
  /** The whole request body. */
  body: string;
  /** Value of Authorization for the token endpoint, or null: the pair is in the body. */
  authorization: string | null;
}

const FETCH_MS = 10_000;
const ANSWER_BYTES_MAX = 65_536;
/** What a server that names no life gives (RFC 6749 5.1 leaves it open), and the longest that we believe. */
const LIFE_SECONDS = 300;
const LIFE_SECONDS_MAX = 86_400;
/** A token is replaced in the last fifth of its life, at most this long before its end, so that no call waits. */
const AHEAD_MS = 60_000;
const AHEAD_PART = 0.2;
/** Not used in its last moment: the call has to reach the backend. */
const LAST_MS = 2_000;
/** After a failure the token endpoint is left alone for this long; calls meanwhile are answered at once. */
const REST_MS = 1_000;
/** A backend that answers 401 to everything must not make us ask for a token with each call. */
const DROP_MS = 10_000;

const tokenAnswer = z.object({
  // RFC 6750 2.1: what may stand in a header
  access_token: z
    .string()
    .regex(/^[A-Za-z0-9\-._~+/]+=*$/)
    .max(16_384),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().optional(),
});

export class TokenError extends Error {}

/**
 * The access token of one backend: cached, replaced ahead of its end, fetched by one request at a time. Each `nowMs` is
 * performance.now(): a clock that is set makes no token last longer (F10).
 */
export class BackendToken {
  readonly #credentials: ClientCredentials;
  readonly #rule: AddressRule;
  #authorization: string | undefined;
  #endsAtMs = 0;
  #renewAtMs = 0;
  #restUntilMs = 0;
  #droppedAtMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<string> | undefined;

  constructor(credentials: ClientCredentials, rule: AddressRule) {
    this.#credentials = credentials;
    this.#rule = rule;
  }

  /** Value of Authorization, or undefined when a call has to wait for `fresh`. */
  current(nowMs: number): string | undefined {
    if (nowMs >= this.#endsAtMs) return undefined;
    if (nowMs >= this.#renewAtMs && !this.#rests(nowMs)) this.fresh(nowMs).catch(() => undefined);
    return this.#authorization;
  }

  /** A new token; all who ask meanwhile wait for the same. Rejects with TokenError. */
  fresh(nowMs: number): Promise<string> {
    if (this.#fetching) return this.#fetching;
    if (this.#rests(nowMs)) return Promise.reject(new TokenError("the token endpoint failed a moment ago"));
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** The backend did not take this value: true when another is worth a try. */
  refused(authorization: string, nowMs: number): boolean {
    // Another call has had it replaced already.
    if (this.#authorization !== authorization) return true;
    if (nowMs - this.#droppedAtMs < DROP_MS) return false;
    this.#droppedAtMs = nowMs;
    this.#authorization = undefined;
    this.#endsAtMs = 0;
    return true;
  }

  #rests(nowMs: number): boolean {
    return nowMs < this.#restUntilMs;
  }

  async #fetch(): Promise<string> {
    try {
      const { access_token, expires_in } = await requestToken(this.#credentials, this.#rule);
      const lifeMs = Math.min(expires_in ?? LIFE_SECONDS, LIFE_SECONDS_MAX) * 1_000;
      const nowMs = performance.now();
      this.#endsAtMs = nowMs + Math.max(lifeMs - LAST_MS, lifeMs / 2);
      this.#renewAtMs = nowMs + lifeMs - Math.min(AHEAD_MS, lifeMs * AHEAD_PART) - LAST_MS;
      this.#authorization = `Bearer ${access_token}`;
      return this.#authorization;
    } catch (error) {
      this.#restUntilMs = performance.now() + REST_MS;
      // Never the answer itself: it may hold what must not stand in a log.
      const reason = error instanceof TokenError ? error.message : error instanceof Error ? error.name : "unknown";
      log.warn({ tokenEndpoint: this.#credentials.endpoint.origin, reason }, "no access token for a backend");
      throw error instanceof TokenError ? error : new TokenError("the token endpoint could not be reached");
    }
  }
}

/** The tokens of all backends; one that no call has used goes. */
export class BackendTokens {
  readonly #rule: AddressRule;
  readonly #tokens = new Map<string, { token: BackendToken; usedAtMs: number }>();

  constructor(rule: AddressRule) {
    this.#rule = rule;
  }

  of(credentials: ClientCredentials, nowMs: number): BackendToken {
    const known = this.#tokens.get(credentials.key);
    if (known) {
      known.usedAtMs = nowMs;
      return known.token;
    }
    const token = new BackendToken(credentials, this.#rule);
    this.#tokens.set(credentials.key, { token, usedAtMs: nowMs });
    return token;
  }

  letGo(beforeMs: number): void {
    for (const [key, { usedAtMs }] of this.#tokens) if (usedAtMs < beforeMs) this.#tokens.delete(key);
  }
}

/** Authorities for a token endpoint: the backend's private ones beside the public, for it may stand in either world. */
export const tokenAuthorities = (own: string): string => `${rootCertificates.join("\n")}\n${own}`;

/** One request over a connection of its own, with the address checked (T10). A redirect is a failure (T12). */
async function requestToken(credentials: ClientCredentials, rule: AddressRule) {
  const { endpoint, path, body, authorization } = credentials;
  const open = connector(endpoint, rule);
  const client = new Client(endpoint.origin, {
    connect: ((_options: unknown, done: Parameters<typeof open>[0]) => open(done)) as never,
    allowH2: false,
  });
  try {
    const answer = await client.request({
      method: "POST",
      path,
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization !== null && { authorization }),
      },
      body,
      signal: AbortSignal.timeout(FETCH_MS),
    });
    let bytes = 0;
    const pieces: Buffer[] = [];
    for await (const piece of answer.body) {
      bytes += piece.length;
      if (bytes > ANSWER_BYTES_MAX) throw new TokenError("the token endpoint's answer is too large");
      pieces.push(piece);
    }
    if (answer.statusCode !== 200) throw new TokenError(`the token endpoint answered ${answer.statusCode}`);
    const parsed = tokenAnswer.safeParse(asJson(Buffer.concat(pieces).toString("utf8")));
    if (!parsed.success) throw new TokenError("the token endpoint's answer is no bearer token");
    return parsed.data;
  } finally {
    void client.destroy();
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
