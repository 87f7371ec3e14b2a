import { HeldFullError, heldBytesMax, heldMemory, notTaken } from "#gateway/admission/held-memory.ts";
import type { MemoryLease } from "#gateway/admission/memory-budget.ts";
import { type Refused, refuse } from "#gateway/answer/refusal.ts";
import type { Call } from "#gateway/call.ts";
import { GoneError } from "#gateway/gone-error.ts";
import { answerHeaders } from "#gateway/upstream/answer-headers.ts";
import { ConnectionLostError, type Control, type ExchangeHandler } from "#gateway/upstream/connection.ts";
import { refusalOf } from "#gateway/upstream/failure.ts";
import { signProof } from "#gateway/upstream/proof.ts";
import { outgoingHeaders } from "#gateway/upstream/request-headers.ts";
import { TooLargeError } from "./message.ts";
import type { Outgoing } from "./outgoing.ts";

export interface BackendAnswer {
  status: number;
  /** Name, value, …; without hop-by-hop headers. */
  headers: string[];
  body: Buffer;
}

/** More interim answers are an attack or a fault (T37). */
const INTERIM_MAX = 8;

class TimedOut extends Error {}

/**
 * Calls a backend and holds its whole answer, of at most the gateway's limit for bodies (T37). What went wrong comes as
 * the refusal that the client would get. Throws GoneError when the client went away. Redirects are not followed (T12).
 */
export async function callBackend(
  call: Call,
  outgoing: Outgoing,
  body: Buffer | undefined,
  totalMs: number,
): Promise<BackendAnswer | { refused: Refused }> {
  const { credentials } = outgoing.backend;
  const token = credentials && call.gateway.upstreams.token(credentials, call.started);
  const started = performance.now();
  const until = started + totalMs;
  let authorization: string | undefined;
  if (outgoing.backend.proof) call.backendProof = await signProof(call, outgoing.backend);
  try {
    authorization = token ? (token.current(performance.now()) ?? (await token.fresh(performance.now()))) : undefined;
  } catch {
    return { refused: refuse("BACKEND_UNREACHABLE", "backend-token-failed") };
  }
  try {
    // Only what may be sent twice (RFC 9110 9.2.2).
    const repeatable = !body?.length && (outgoing.method === "GET" || outgoing.method === "HEAD");
    const send = (fresh: boolean) => once(call, outgoing, body, authorization, fresh, until - performance.now());
    let answer = await send(false).catch((error) => {
      // The backend closed an idle connection just as we used it.
      if (repeatable && error instanceof ConnectionLostError && error.wasUsed) return send(true);
      throw error;
    });
    const isRefused = answer.status === 401 && token && authorization !== undefined;
    // The token goes in any case; the next call gets another.
    if (isRefused && token.refused(authorization as string, performance.now()) && repeatable) {
      authorization = await token.fresh(performance.now());
      answer = await send(false);
    }
    return answer;
  } catch (error) {
    if (error instanceof GoneError) throw error;
    if (error instanceof TimedOut) return { refused: refuse("BACKEND_TIMEOUT") };
    if (error instanceof TooLargeError) return { refused: refuse("BACKEND_INVALID") };
    if (error instanceof HeldFullError) return { refused: refuse("OVERLOADED", "bodies-held") };
    return { refused: refusalOf(error instanceof Error ? error : new Error("unknown")) };
  } finally {
    call.abortBackend = undefined;
    call.backendMs = Math.max(call.backendMs, 0) + performance.now() - started;
  }
}

function once(
  call: Call,
  outgoing: Outgoing,
  body: Buffer | undefined,
  authorization: string | undefined,
  fresh: boolean,
  leftMs: number,
): Promise<BackendAnswer> {
  const { backend, method, path } = outgoing;
  const length = body?.length ?? 0;
  const request = {
    path,
    method,
    headers: outgoingHeaders(call, outgoing, authorization, length),
    body: body && length > 0 ? body : null,
    headersTimeoutMs: backend.responseTimeoutMs,
    isAlone: call.gateway.inFlight <= 1,
  };
  // While the token or the proof was waited for.
  if (call.res.destroyed) return Promise.reject(new GoneError());
  const pool = call.gateway.upstreams.pool(backend.endpoint, performance.now());
  return new Promise((resolve, reject) => {
    const collector = new Collector(call, resolve, reject, Math.max(1, leftMs));
    if (fresh) pool.dispatchFresh(request, collector);
    else pool.dispatch(request, collector);
  });
}

class Collector implements ExchangeHandler {
  readonly #call: Call;
  readonly #held: MemoryLease;
  readonly #resolve: (answer: BackendAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #control: Control | undefined;
  #leave: ((reason: Error) => void) | undefined;
  #interim = 0;
  #status = 0;
  #headers: string[] = [];
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  /** Why it was cut off from our side. */
  #reason: Error | undefined;

  constructor(call: Call, resolve: (answer: BackendAnswer) => void, reject: (error: Error) => void, leftMs: number) {
    this.#call = call;
    this.#held = heldMemory(call);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#cut(new TimedOut()), leftMs);
    call.abortBackend = () => this.#cut(new GoneError());
  }

  get subject(): string {
    return this.#call.holder?.subject ?? "";
  }

  onWait(leave: (reason: Error) => void): void {
    this.#leave = leave;
  }

  isWanted(): boolean {
    return this.#reason === undefined;
  }

  onStart(control: Control): void {
    this.#control = control;
  }

  onInterim(): void {
    this.#interim += 1;
    if (this.#interim > INTERIM_MAX)
      this.#cut(Object.assign(new Error("too many interim answers"), { code: "BACKEND_INVALID" }));
  }

  onHead(status: number, raw: string[]): void {
    this.#status = status;
    this.#headers = answerHeaders(
      status,
      raw,
      this.#call.limitHeaders.length > 0,
      Boolean(this.#call.api?.cors),
    ).headers;
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > heldBytesMax(this.#call.gateway)) this.#cut(new TooLargeError());
    else if (!this.#held.take(chunk.length)) this.#cut(notTaken(this.#held));
    else this.#pieces.push(Buffer.from(chunk));
  }

  onEnd(): void {
    clearTimeout(this.#timer);
    this.#control = undefined;
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#pieces) });
  }

  onError(error: Error): void {
    clearTimeout(this.#timer);
    this.#control = undefined;
    this.#reject(this.#reason ?? error);
  }

  /** Ends it at once: a call that waits for a connection must not outlive its time either. */
  #cut(reason: Error): void {
    clearTimeout(this.#timer);
    if (this.#reason) return;
    this.#reason = reason;
    if (this.#control) this.#control.abort(reason);
    else this.#leave?.(reason);
    this.#reject(reason);
  }
}
