import { buildConnector, Pool } from "undici";
import { ForbiddenAddressError, guardedLookup, isForbiddenLiteral } from "#lib/net/address-guard.ts";

/** Time limits towards backends. */
export interface UpstreamTimes {
  connectTimeoutMs: number;
  /** From the request's end to the answer's headers; then 504. */
  headersTimeoutMs: number;
  /** Between two pieces of an answer: long enough for a quiet event stream with keep-alive comments. */
  bodyTimeoutMs: number;
}

export const upstreamTimes: UpstreamTimes = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 300_000,
};

/** Connections to one backend of one gateway process; more calls wait for a free one. */
const CONNECTIONS_MAX = 256;
/** Shorter than the idle time of common servers (5 s), so that we rarely write into a connection that they close. */
const IDLE_MS = 4_000;
/** Headers of a backend's answer (T37). */
const ANSWER_HEADER_BYTES_MAX = 65_536;

/** The connections to backends, a pool for each origin. */
export class Upstreams {
  readonly #pools = new Map<string, Pool>();
  readonly #connect: buildConnector.connector;
  readonly #times: UpstreamTimes;

  /** `allow`: CIDRs of otherwise forbidden addresses that backends may have. */
  constructor(allow: readonly string[], times: UpstreamTimes = upstreamTimes) {
    this.#times = times;
    const connect = buildConnector({
      allowH2: false,
      timeout: times.connectTimeoutMs,
      lookup: guardedLookup(allow) as never,
      keepAlive: true,
      noDelay: true,
    } as buildConnector.BuildOptions);
    // Checked again with each connection: the name may point elsewhere than when it was saved (T10, T11).
    this.#connect = (options, callback) => {
      if (isForbiddenLiteral(options.hostname, allow)) callback(new ForbiddenAddressError(options.hostname), null);
      else connect(options, callback);
    };
  }

  /** The pool of "scheme://host:port". */
  pool(origin: string): Pool {
    const known = this.#pools.get(origin);
    if (known) return known;
    const made = new Pool(origin, {
      connect: this.#connect,
      allowH2: false,
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      headersTimeout: this.#times.headersTimeoutMs,
      bodyTimeout: this.#times.bodyTimeoutMs,
      maxHeaderSize: ANSWER_HEADER_BYTES_MAX,
    });
    this.#pools.set(origin, made);
    return made;
  }

  /** Cuts all connections; calls that still run end with an error. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }
}
