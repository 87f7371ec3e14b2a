import type { Refused } from "#gateway/answer/refusal.ts";
import { type Call, CLIENT_GONE } from "#gateway/call.ts";
import { type CallCount, COUNTS } from "#lib/call-record/write-call-records.ts";
import { newId } from "#lib/ids.ts";
import { blockOf } from "#lib/net/address-block.ts";
import { plainAddress } from "#lib/net/network-list.ts";
import { PREFLIGHT } from "#lib/usage/usage.rules.ts";

const MINUTE_MS = 60_000;
/** Records a minute of each API, application and cause, so that an owner finds why. */
const SAMPLES_MAX = 20;
/** Records a minute of one network, and of all: client IDs are public, and who knows many could have a sample of each. */
const SAMPLES_OF_BLOCK_MAX = 1_000;
const SAMPLES_OF_ALL_MAX = 5_000;
/** Counters a minute that name a network. Past it calls are counted without: by API and reason, of which there are few. */
const BLOCKS_MAX = 512;
/** Counts in one row of the spool: about 60 KB. */
const COUNTS_OF_ROW_MAX = 250;

interface Counter {
  count: CallCount;
  /** Not told yet. */
  calls: number;
  /** In which it was made. */
  window: number;
}

/**
 * Whether a call is of nobody that we know: it was answered before anybody asked for a subscription, or refused or given
 * up where nobody has to say who calls. What strangers may send costs no row each (F5). What an open operation has
 * answered is its traffic.
 */
export function isUnauthenticated({ authenticated, admitted, refused, res }: Call): boolean {
  return !authenticated && (!admitted || (refused ? isCallersDoing(refused) : !res.headersSent));
}

/** What a backend or a policy failed at is its owner's to see, each. Who fills his share of the memory has done it himself. */
const isCallersDoing = ({ rendered: { status, code } }: Refused): boolean => status < 500 || code === "OVERLOADED";

function reasonOf({ refused, preflight, res }: Call): string {
  if (refused) return refused.cause ?? refused.rendered.code;
  if (preflight) return PREFLIGHT;
  return res.headersSent ? "answered" : String(CLIENT_GONE);
}

/**
 * The calls that did not authenticate: counted, every one, by minute, API, reason and network; the first of a minute are
 * recorded as well. All it holds is bounded: by the APIs that are installed and by the numbers above.
 */
export class UnauthenticatedCalls {
  /** The present minute since the start of the process: of when calls end, so that none that began long ago opens another. */
  #window = -1;
  #counters = new Map<string, Counter>();
  /** Counters made in this minute that name a network. */
  #blocks = 0;
  /** Records of this minute, by API, application and reason, and by network. */
  readonly #samples = new Map<string, number>();
  readonly #samplesOfBlock = new Map<string, number>();
  #samplesOfAll = 0;

  /** Counters that are held. */
  get size(): number {
    return this.#counters.size;
  }

  /** Counts a call that ends at `nowMs` of performance.now(), in the minute of its start; true when it is to be recorded too. */
  note(call: Call, nowMs = performance.now()): boolean {
    const window = Math.floor(nowMs / MINUTE_MS);
    if (window !== this.#window) this.#turn(window);
    const { api } = call;
    const reason = reasonOf(call);
    const block = blockOf(call.clientAddress || plainAddress(call.req.socket.remoteAddress ?? ""));
    const of = `${api?.catalogId ?? ""}/${api?.apiDefinitionId ?? ""}/${reason}`;
    this.#count(call, of, reason, block);
    return this.#takeSample(`${of}/${call.credential?.applicationId ?? ""}`, block);
  }

  /** Rows that say what was counted since the last; none when nothing was. */
  rows(nowMs: number): Buffer[] {
    const told = [...this.#counters.values()].filter(({ calls }) => calls > 0);
    const rows: Buffer[] = [];
    for (let i = 0; i < told.length; i += COUNTS_OF_ROW_MAX) {
      const counts = told.slice(i, i + COUNTS_OF_ROW_MAX).map(({ count, calls }) => [...count.slice(0, 6), calls]);
      rows.push(
        Buffer.from(`${[COUNTS, newId(), new Date(nowMs).toISOString(), JSON.stringify(counts)].join("\t")}\n`),
      );
    }
    for (const [key, counter] of this.#counters) {
      counter.calls = 0;
      if (counter.window < this.#window) this.#counters.delete(key);
    }
    return rows;
  }

  #turn(window: number): void {
    this.#window = window;
    this.#blocks = 0;
    this.#samples.clear();
    this.#samplesOfBlock.clear();
    this.#samplesOfAll = 0;
  }

  #count(call: Call, of: string, reason: string, block: string): void {
    const minute = Math.floor(call.startedAtMs / MINUTE_MS);
    let key = `${minute}/${of}/${block}`;
    let counter = this.#counters.get(key);
    if (!counter && block !== "" && this.#blocks >= BLOCKS_MAX) {
      key = `${minute}/${of}/`;
      counter = this.#counters.get(key);
      block = "";
    }
    if (!counter) {
      if (block !== "") this.#blocks += 1;
      const { api } = call;
      const place = [api?.organizationId ?? null, api?.catalogId ?? null, api?.apiDefinitionId ?? null] as const;
      const count: CallCount = [new Date(minute * MINUTE_MS).toISOString(), ...place, reason, block, 0];
      counter = { count, calls: 0, window: this.#window };
      this.#counters.set(key, counter);
    }
    counter.calls += 1;
  }

  #takeSample(key: string, block: string): boolean {
    const taken = this.#samples.get(key) ?? 0;
    const ofBlock = this.#samplesOfBlock.get(block) ?? 0;
    if (taken >= SAMPLES_MAX || ofBlock >= SAMPLES_OF_BLOCK_MAX || this.#samplesOfAll >= SAMPLES_OF_ALL_MAX)
      return false;
    this.#samples.set(key, taken + 1);
    this.#samplesOfBlock.set(block, ofBlock + 1);
    this.#samplesOfAll += 1;
    return true;
  }
}
