import type { ServerResponse } from "node:http";
import { log } from "#lib/log.ts";
import type { Call } from "./call.ts";

// What a call writes, to its backend and to its client, is written at the end of the turn of the event loop, after all
// that came in has been read and decided. A write wakes the process at the other end, and waking a sleeping core costs
// the one who writes more than the write itself; of the writes that follow one another at once only the first does
// (docs/decisions/024-late-writes.md has the figures). A call that is alone has nobody to wait for.

export interface LateWrite {
  writeNow(): void;
}

let due: LateWrite[] = [];
let spare: LateWrite[] = [];

/** Writes at the end of this turn, in the order of the calls of this function; `isAlone`: at once. */
export function writeLate(one: LateWrite, isAlone: boolean): void {
  if (isAlone) {
    one.writeNow();
    return;
  }
  if (due.length === 0) setImmediate(writeAll);
  due.push(one);
}

function writeAll(): void {
  const all = due;
  due = spare;
  spare = all;
  for (const one of all) {
    try {
      one.writeNow();
    } catch (error) {
      // One that fails must not keep the others from being written (T34).
      log.error({ reason: error instanceof Error ? error.stack : "unknown" }, "write failed");
    }
  }
  all.length = 0;
}

class LateEnd implements LateWrite {
  readonly #res: ServerResponse;
  readonly #text: string;
  readonly #encoding: "latin1" | "utf8";

  constructor(res: ServerResponse, text: string, encoding: "latin1" | "utf8") {
    this.#res = res;
    this.#text = text;
    this.#encoding = encoding;
  }

  writeNow(): void {
    // The client may have gone away meanwhile.
    if (!this.#res.destroyed) this.#res.end(this.#text, this.#encoding);
  }
}

/** Ends a call's answer, whose head is set, with `text`, late. Nobody else may write to it or end it after this. */
export function endLate(call: Call, text: string, encoding: "latin1" | "utf8"): void {
  call.ended = true;
  writeLate(new LateEnd(call.res, text, encoding), call.gateway.inFlight <= 1);
}
