import { answerRefusal } from "#gateway/answer/answer-refusal.ts";
import { refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";

/** A body that comes at less than 500 bytes a second over ten seconds holds a connection, and does not use it (T21). */
const WINDOW_MS = 10_000;
const WINDOW_BYTES_MIN = 5_000;
/** How often bodies are looked at. */
export const SWEEP_MS = 1_000;

interface Window {
  sinceMs: number;
  bytes: number;
}

/** The bodies that are on their way, and how fast they come. */
export class BodyWatch {
  readonly #windows = new Map<Call, Window>();

  add(call: Call): void {
    if (!this.#windows.has(call)) this.#windows.set(call, { sinceMs: Date.now(), bytes: call.req.socket.bytesRead });
  }

  /** Bodies that are watched. */
  get size(): number {
    return this.#windows.size;
  }

  /** Ends the calls whose client is too slow: 408, or the connection where an answer has begun. */
  sweep(nowMs: number): void {
    for (const [call, window] of this.#windows) {
      const { req, res } = call;
      if (req.complete || res.destroyed || res.writableEnded) {
        this.#windows.delete(call);
        continue;
      }
      const bytes = req.socket.bytesRead;
      // Paused: the backend takes no more for now, which the client cannot help.
      if (req.isPaused() || bytes - window.bytes >= WINDOW_BYTES_MIN) {
        window.sinceMs = nowMs;
        window.bytes = bytes;
      } else if (nowMs - window.sinceMs >= WINDOW_MS) {
        this.#windows.delete(call);
        if (res.headersSent) res.destroy();
        else answerRefusal(call, refuse("REQUEST_TIMEOUT", "body-slow"));
      }
    }
  }
}
