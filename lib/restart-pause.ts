const WINDOW_MS = 60_000;

/** `firstMs` after one death; doubled with each further one within a minute, up to `longestMs`. */
export interface RestartPatience {
  firstMs: number;
  longestMs: number;
}

/**
 * How long to wait before something that died is started again. It never says "no more": a gateway goes on with what it
 * holds in memory while a database, a portal or a worker beside it cannot be kept running.
 */
export class RestartPause {
  readonly #patience: RestartPatience;
  #deaths: number[] = [];

  constructor(patience: RestartPatience) {
    this.#patience = patience;
  }

  /** Counts a death at `now` and answers the pause after it, ms. */
  next(now: number): number {
    this.#deaths = [...this.#deaths.filter((at) => at > now - WINDOW_MS), now];
    return Math.min(this.#patience.firstMs * 2 ** (this.#deaths.length - 1), this.#patience.longestMs);
  }
}
