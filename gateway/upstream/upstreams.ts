import { type BackendToken, BackendTokens, type ClientCredentials } from "./backend-token.ts";
import { type AddressRule, connector, type Endpoint } from "./connect.ts";
import { ConnectionPool } from "./connection-pool.ts";

/** Limits towards backends that are the same for all. */
export interface UpstreamLimits {
  /** Between two pieces of an answer: long enough for a quiet event stream with keep-alive comments. */
  bodyTimeoutMs: number;
  /** Connections to one backend of one gateway process; more calls wait for a free one. */
  connectionsMax: number;
}

const LIMITS: UpstreamLimits = { bodyTimeoutMs: 300_000, connectionsMax: 256 };

/** Shorter than the idle time of common servers (5 s), so that we rarely write into a connection that they close. */
const IDLE_MS = 4_000;
/** How long a call waits for one of them. */
const WAIT_MS = 5_000;
/** How long a body may be late that a backend sends after an answer which has none. */
const REST_MS = 1_000;
/**
 * What no call has used for this long is let go: the endpoint of a backend that was changed is never asked for again,
 * and its calls in flight end on the connections that they have.
 */
const UNUSED_MS = 60_000;

/** Endpoints at a time: a policy may take its target from a header of the call, and each client name others. */
const POOLS_MAX = 2_000;

interface Used {
  pool: ConnectionPool;
  usedAtMs: number;
}

/** The connections to backends, a pool for each endpoint, and the access tokens for them. */
export class Upstreams {
  readonly #rule: AddressRule;
  readonly #limits: UpstreamLimits;
  readonly #pools = new Map<string, Used>();
  readonly #tokens: BackendTokens;
  readonly #sweeper: NodeJS.Timeout;

  constructor(rule: AddressRule, limits: Partial<UpstreamLimits> = {}) {
    this.#rule = rule;
    this.#limits = { ...LIMITS, ...limits };
    this.#tokens = new BackendTokens(rule);
    this.#sweeper = setInterval(() => this.letGo(performance.now() - UNUSED_MS), UNUSED_MS / 2).unref();
  }

  /** Pools that are kept, for tests and metrics. */
  get size(): number {
    return this.#pools.size;
  }

  /** The pool of an endpoint. Ask for it with each call: one that is not asked for is closed. `nowMs`: performance.now(), here and below. */
  pool(endpoint: Endpoint, nowMs: number): ConnectionPool {
    const known = this.#pools.get(endpoint.key);
    if (known) {
      known.usedAtMs = nowMs;
      return known.pool;
    }
    if (this.#pools.size >= POOLS_MAX) this.#letGoOldest();
    const pool = new ConnectionPool(connector(endpoint, this.#rule, true), {
      ...this.#limits,
      idleMs: IDLE_MS,
      idleMaxMs: UNUSED_MS,
      waitMs: WAIT_MS,
      restMs: REST_MS,
    });
    this.#pools.set(endpoint.key, { pool, usedAtMs: nowMs });
    return pool;
  }

  /** The access token for a backend that wants one. */
  token(credentials: ClientCredentials, nowMs: number): BackendToken {
    return this.#tokens.of(credentials, nowMs);
  }

  /** Closes what no call has used since; calls in flight end first. */
  letGo(beforeMs: number): void {
    for (const [key, { pool, usedAtMs }] of this.#pools) {
      if (usedAtMs >= beforeMs) continue;
      this.#pools.delete(key);
      void pool.close();
    }
    this.#tokens.letGo(beforeMs);
  }

  #letGoOldest(): void {
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const { usedAtMs } of this.#pools.values()) oldestMs = Math.min(oldestMs, usedAtMs);
    for (const [key, { pool, usedAtMs }] of this.#pools) {
      if (usedAtMs > oldestMs) continue;
      this.#pools.delete(key);
      void pool.close();
      return;
    }
  }

  /** Cuts all connections; calls that still run end with an error. */
  close(): void {
    clearInterval(this.#sweeper);
    for (const { pool } of this.#pools.values()) pool.destroy();
    this.#pools.clear();
  }
}
