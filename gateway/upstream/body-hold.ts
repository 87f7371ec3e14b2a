import type { IncomingMessage } from "node:http";
import type { MemoryLease } from "#gateway/admission/memory-budget.ts";

/** Where bodies may be larger than this, they stream: one that is too large could not be held until it shows. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;
/** A client that says nothing for so long waits for an answer to what it has sent. */
const PAUSE_MS = 50;
/** One that sends on and on without a pause is not held up for longer. */
const HELD_MS = 1_000;

/** Each call may hold so much, as a body that streams takes it too; what is more comes out of the budget of all. */
const OWN_BYTES_MAX = 65_536;
/** Shorter pieces are copied together: a client may make each byte a chunk, and Node makes an object of 450 bytes of it. */
const PIECE_BYTES_MIN = 4_096;
const BLOCK_BYTES_MAX = 65_536;

/** What has come of a body before it is passed on. */
export class BodyHold {
  readonly #memory: MemoryLease | undefined;
  readonly #blocks: Buffer[] = [];
  /** Free bytes at the end of the last block. */
  #room = 0;
  /** Memory that the call may have by itself. */
  #own = 0;
  /** Of the body, and of what has not left. */
  bytes = 0;
  waiting = 0;
  /** Nothing of the body is missing. */
  whole = false;

  /** `memory` is its own; without any whoever fills it says when it is enough. */
  constructor(memory?: MemoryLease) {
    this.#memory = memory;
  }

  /** false: the budget is used up. The piece is kept all the same, and must be the last. */
  add(piece: Buffer): boolean {
    this.bytes += piece.length;
    this.waiting += piece.length;
    if (piece.length < PIECE_BYTES_MIN) return this.#copy(piece);
    this.#trim();
    this.#blocks.push(piece);
    return this.#take(piece.buffer.byteLength);
  }

  /** The next block, which leaves; undefined when none is left. */
  next(): Buffer | undefined {
    if (this.#blocks.length === 1) this.#trim();
    const block = this.#blocks.shift();
    if (!block) return undefined;
    this.waiting -= block.length;
    // What is the call's own was not taken, and what did not fit neither: no more goes back than was.
    this.#memory?.giveBack(block.buffer.byteLength);
    return block;
  }

  /** The whole of it in one piece, when it is so short that it can leave with its headers. */
  short(): Buffer | undefined {
    return this.bytes <= OWN_BYTES_MAX ? this.all() : undefined;
  }

  /** The whole of it in one piece. */
  all(): Buffer {
    this.#trim();
    const [first] = this.#blocks;
    const all = first && this.#blocks.length === 1 ? first : Buffer.concat(this.#blocks, this.bytes);
    this.drop();
    return all;
  }

  drop(): void {
    this.#blocks.length = 0;
    this.#room = 0;
    this.waiting = 0;
    this.#memory?.giveBack(Number.POSITIVE_INFINITY);
  }

  #copy(piece: Buffer): boolean {
    const last = this.#blocks.at(-1);
    const copied = last && this.#room > 0 ? piece.copy(last, last.length - this.#room) : 0;
    this.#room -= copied;
    if (copied === piece.length) return true;
    // As large as all that waits before it.
    const size = Math.min(BLOCK_BYTES_MAX, Math.max(PIECE_BYTES_MIN, this.waiting));
    if (!this.#take(size)) {
      this.#blocks.push(piece.subarray(copied));
      return false;
    }
    // Not of Node's pool, of which the smallest piece keeps all in memory.
    const block = Buffer.allocUnsafeSlow(size);
    this.#room = size - piece.copy(block, 0, copied);
    this.#blocks.push(block);
    return true;
  }

  /** Ends the last block where it is filled. */
  #trim(): void {
    if (this.#room === 0) return;
    const last = this.#blocks.pop() as Buffer;
    this.#blocks.push(last.subarray(0, last.length - this.#room));
    this.#room = 0;
  }

  #take(size: number): boolean {
    if (!this.#memory) return true;
    if (this.#own + size <= OWN_BYTES_MAX) {
      this.#own += size;
      return true;
    }
    return this.#memory.take(size);
  }
}

type Outcome = "whole" | "streams" | "too-large" | "gone";

/**
 * Holds a body back as long as it keeps coming. "whole": it came to its end. "streams": it is longer than what is held,
 * slower, or there is no memory left, and nothing of it is lost. Over `bytesMax` the rest is thrown away.
 */
export function holdBody(req: IncomingMessage, hold: BodyHold, bytesMax: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const since = performance.now();
    const heldMax = bytesMax <= HELD_BYTES_MAX ? bytesMax : OWN_BYTES_MAX;
    let came = false;
    let held = true;
    const stop = (outcome: Outcome) => {
      held = false;
      clearTimeout(pause);
      req.off("data", take).off("end", end).off("close", gone);
      resolve(outcome);
    };
    const end = () => {
      hold.whole = true;
      stop("whole");
    };
    const gone = () => stop("gone");
    const stream = () => {
      req.pause();
      stop("streams");
    };
    const take = (piece: Buffer) => {
      came = true;
      if (hold.bytes + piece.length > bytesMax) {
        stop("too-large");
        req.resume();
        return;
      }
      const fits = hold.add(piece);
      if (!fits || hold.bytes > heldMax || performance.now() - since > HELD_MS) stream();
      else pause.refresh();
    };
    const pause = setTimeout(() => {
      // It may be the process that was busy, and not the client that paused: what waits in the socket is read first.
      came = false;
      setImmediate(() => {
        if (held && !came) stream();
      });
    }, PAUSE_MS);
    req.on("data", take).on("end", end).on("close", gone);
  });
}
