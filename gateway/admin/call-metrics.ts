import { type Call, CLIENT_GONE } from "#gateway/call.ts";

/** Upper bounds in milliseconds; what is above the last is counted as +Inf. */
const BUCKETS_MS = [1, 2, 3, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;
/** More APIs than these are counted together, so that the number of series stays bounded. */
const APIS_MAX = 500;
/** Index of a status class: 1xx to 5xx, and 0 for a client that went away before its answer. */
const CLASSES = 6;

/** A histogram as plain numbers: adding is a short loop without an allocation. */
export class Durations {
  /** Calls in each bucket alone (not cumulative), the last for all above. */
  readonly counts = new Float64Array(BUCKETS_MS.length + 1);
  sumMs = 0;

  add(ms: number): void {
    let i = 0;
    while (i < BUCKETS_MS.length && ms > (BUCKETS_MS[i] as number)) i += 1;
    this.counts[i] = (this.counts[i] as number) + 1;
    this.sumMs += ms;
  }

  /** [upper bound in seconds, calls up to it] */
  *cumulative(): Generator<[number, number]> {
    let total = 0;
    for (let i = 0; i < this.counts.length; i += 1) {
      total += this.counts[i] as number;
      yield [(BUCKETS_MS[i] ?? Number.POSITIVE_INFINITY) / 1000, total];
    }
  }
}

/** What is counted of calls in this process. Read by families.ts when somebody asks; a call only adds to numbers. */
export class CallMetrics {
  /** Calls of an API by status class; "" = no API was found. */
  readonly byApi = new Map<string, { label: string; classes: Float64Array }>();
  /** Refusals by their public code. */
  readonly refusals = new Map<string, number>();
  /** What never became a call, by reason: a request that is no HTTP, or came too late. */
  readonly cutOff = new Map<string, number>();
  readonly total = new Durations();
  readonly backend = new Durations();
  readonly #others = { label: "other", classes: new Float64Array(CLASSES) };

  /** Notes a call that has ended. */
  note(call: Call): void {
    const status = call.res.headersSent ? call.res.statusCode : CLIENT_GONE;
    const { classes } = this.#of(call);
    const kind = status === CLIENT_GONE ? 0 : (status / 100) | 0;
    classes[kind] = (classes[kind] as number) + 1;
    this.total.add(call.totalMs);
    if (call.backendMs >= 0) this.backend.add(call.backendMs);
    if (call.refused) {
      const { code } = call.refused.rendered;
      this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
    }
  }

  /** Notes a request that the server refused before it was a call; `reason` comes from a list, not from a client. */
  noteCutOff(reason: string): void {
    this.cutOff.set(reason, (this.cutOff.get(reason) ?? 0) + 1);
  }

  #of({ api }: Call) {
    const id = api?.id ?? "";
    const known = this.byApi.get(id);
    if (known) return known;
    if (this.byApi.size >= APIS_MAX) {
      this.byApi.set("other", this.#others);
      return this.#others;
    }
    const made = { label: api ? `/${api.place}${api.basePath}` : "", classes: new Float64Array(CLASSES) };
    this.byApi.set(id, made);
    return made;
  }
}
