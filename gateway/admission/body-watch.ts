import { answerRefusal } from "#gateway/answer/answer-refusal.ts";
import { refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";

/** A body that comes at less than 500 bytes a second over ten seconds holds a connection, and does not use it (T21). */
const WINDOW_MS = 10_000;
const WINDOW_BYTES_MIN = 5_000;
/** The whole of a body that is held in memory, for a check or a policy: 10 MB at less than 1 Mbit/s. */
const HELD_MS = 120_000;
/** How often bodies are looked at. */
export const SWEEP_MS = 1_000;

interface Window {
  sinceMs: number;
  bytes: number;
  /** Infinity: a body that streams may take its time. */
  untilMs: number;
}

/** The bodies that are on their way, and how fast they come. */
export class BodyWatch {
  readonly #windows = new Map<Call, Window>();

  add(call: Call, isHeld: boolean): void {
    if (this.#windows.has(call)) return;
    const sinceMs = performance.now();
    const untilMs = isHeld ? sinceMs + HELD_MS : Number.POSITIVE_INFINITY;
    this.#windows.set(call, { sinceMs, bytes: call.req.socket.bytesRead, untilMs });
  }

  /** Bodies that are watched. */
  get size(): number {
    return this.#windows.size;
  }

  /** Ends the calls whose client is too slow: 408, or the connection where an answer has begun, or has ended. */
  sweep(nowMs: number): void {
    for (const [call, window] of this.#windows) {
      const { req, res } = call;
      if (req.complete || req.socket.destroyed) {
        this.#windows.delete(call);
        continue;
      }
      const bytes = req.socket.bytesRead;
      const isLate = nowMs >= window.untilMs;
      // Paused: the backend takes no more for now, which the client cannot help.
      if (!isLate && (req.isPaused() || bytes - window.bytes >= WINDOW_BYTES_MIN)) {
        window.sinceMs = nowMs;
        window.bytes = bytes;
      } else if (isLate || nowMs - window.sinceMs >= WINDOW_MS) {
        this.#windows.delete(call);
        if (res.headersSent) req.socket.destroy();
        else answerRefusal(call, refuse("REQUEST_TIMEOUT", "body-slow"));
      }
    }
  }
}
