import type { EventEmitter } from "node:events";

/** What client and backend do in one call. */
export interface Plan {
  /** Names the call on both sides, and fills both bodies: bytes of another call show. */
  nonce: string;
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  request: { length: number; chunked: boolean; expect: boolean } & Pace;
  answer: {
    status: number;
    length: number;
    framing: "length" | "chunked" | "close";
    /** Interim answers before. */
    interim: number;
    /** Before the request's body has come. */
    early: boolean;
    /** The backend says that it closes the connection, and does. */
    closes: boolean;
    /** Where the backend resets the connection. */
    breaks: "never" | "before" | "head" | "body";
  } & Pace;
  /** When the client resets the connection: once the backend has the request, or with the first bytes of the answer. */
  aborts: "never" | "seen" | "answer";
  /** How long the client leaves each piece of the answer waiting, ms. */
  readsMs: number;
}

/** A body in so many pieces with so many ms between two. */
interface Pace {
  pieces: number;
  pauseMs: number;
}

/** A call that follows from `random` alone. */
export function planOf(nonce: string, random: () => number): Plan {
  const upTo = (bound: number) => Math.floor(random() * bound);
  const chance = (of: number) => random() < of;
  const oneOf = <T>(list: readonly T[]): T => list[upTo(list.length)] as T;
  const pace = () => ({ pieces: 1 + upTo(5), pauseMs: chance(0.3) ? upTo(15) : 0 });
  const length = () => (chance(0.2) ? 0 : chance(0.3) ? upTo(300_000) : upTo(3_000));
  const method = oneOf(["GET", "GET", "HEAD", "POST", "PUT", "DELETE"] as const);
  const sends = method === "POST" || method === "PUT";
  const status = chance(0.1) ? 204 : oneOf([200, 200, 201, 302, 404, 500, 503]);
  return {
    nonce,
    method,
    request: { length: sends ? length() : 0, chunked: chance(0.5), expect: sends && chance(0.1), ...pace() },
    answer: {
      status,
      length: status === 204 ? 0 : length(),
      framing: oneOf(["length", "length", "chunked", "chunked", "close"]),
      interim: chance(0.1) ? upTo(5) : 0,
      early: chance(0.2),
      closes: chance(0.1),
      breaks: chance(0.15) ? oneOf(["before", "head", "body"]) : "never",
      ...pace(),
    },
    aborts: chance(0.15) ? oneOf(["seen", "answer"]) : "never",
    readsMs: chance(0.1) ? upTo(20) : 0,
  };
}

/** A call that nothing disturbs, for several on one connection at once. */
export const quietPlan = (nonce: string, random: () => number): Plan => ({
  ...planOf(nonce, random),
  method: "GET",
  request: { length: 0, chunked: false, expect: false, pieces: 1, pauseMs: 0 },
  answer: {
    ...{ status: 200, length: Math.floor(random() * 100_000), framing: "length", interim: 0, early: false },
    ...{ closes: false, breaks: "never", pieces: 3, pauseMs: Math.floor(random() * 10) },
  },
  aborts: "never",
  readsMs: 0,
});

/** So many bytes that tell whose they are. */
export const filled = (whose: string, length: number): Buffer => Buffer.alloc(length, `${whose}.`, "latin1");

export function* piecesOf(bytes: Buffer, count: number): Generator<Buffer> {
  const size = Math.max(1, Math.ceil(bytes.length / count));
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const pause = (ms: number) => new Promise<void>((go) => (ms === 0 ? setImmediate(go) : setTimeout(go, ms)));

/** Resolves with the first of the events. */
export const firstOf = (emitter: EventEmitter, ...events: string[]) =>
  new Promise<void>((go) => {
    const done = () => {
      for (const event of events) emitter.off(event, done);
      go();
    };
    for (const event of events) emitter.once(event, done);
  });
