import argon2 from "argon2";
import { AppError } from "#lib/errors/app-error.ts";

/** OWASP's argon2id setting, about 50 ms of one core: m = 19 MiB, t = 2, p = 1. */
const SETTING = { type: argon2.argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 } as const;

/** At most this many hashes run at once: a flood of sign-ins must not take the machine (T32). */
const RUNNING_MAX = 2;
/** Whoever asks (an address, a person) holds at most so many places, so that others find one whatever he sends. */
export const PLACES_OF_ONE = 16;
const PLACES_MAX = 256;
/** From here on everybody has one place: filling the rest takes as many addresses. */
const PLACES_CROWDED = 128;

/** Hashes in turn of those who ask, so that a place waits for one hash of each other subject, not for all of them. */
const held = new Map<string, number>();
const waiting = new Map<string, (() => void)[]>();
let places = 0;
let running = 0;

async function turn<T>(subject: string, work: () => Promise<T>): Promise<T> {
  if (running >= RUNNING_MAX) {
    await new Promise<void>((go) => {
      const queue = waiting.get(subject);
      if (queue) queue.push(go);
      else waiting.set(subject, [go]);
    });
  } else running += 1;
  try {
    return await work();
  } finally {
    if (!wakeNext()) running -= 1;
  }
}

/** Lets the first of the subject that waits longest go; the subject then stands last. */
function wakeNext(): boolean {
  const [first] = waiting;
  if (!first) return false;
  const [subject, queue] = first;
  const go = queue.shift();
  waiting.delete(subject);
  if (queue.length > 0) waiting.set(subject, queue);
  go?.();
  return true;
}

/** What a holder of a place may do; the calls wait their turn. */
export interface Hashing {
  /** argon2id record of a password or client secret. Never called while a gateway call waits. */
  hash(plain: string): Promise<string>;
  /** Checks a password against its record; with no record it does the same work and says no, so that timing tells nothing (T30). */
  verify(record: string | undefined, plain: string): Promise<boolean>;
}

let dummy: Promise<string> | undefined;

/**
 * Runs what needs a slow hash, on a place of `subject` (an address as `subjectOf` gives it, or a person). The place is
 * taken before anything else is done, so that what is refused costs neither a hash nor the database. Throws OVERLOADED
 * when the subject's places, or all of them, are taken.
 */
export async function withHashing<T>(subject: string, work: (hashing: Hashing) => Promise<T>): Promise<T> {
  const own = held.get(subject) ?? 0;
  if (places >= PLACES_MAX || own >= (places >= PLACES_CROWDED ? 1 : PLACES_OF_ONE)) throw new AppError("OVERLOADED");
  held.set(subject, own + 1);
  places += 1;
  const hash = (plain: string) => turn(subject, () => argon2.hash(plain, SETTING));
  try {
    return await work({
      hash,
      async verify(record, plain) {
        dummy ??= argon2.hash("no such account", SETTING);
        const against = record ?? (await dummy);
        const ok = await turn(subject, () => argon2.verify(against, plain));
        return record !== undefined && ok;
      },
    });
  } finally {
    places -= 1;
    const left = (held.get(subject) ?? 1) - 1;
    if (left > 0) held.set(subject, left);
    else held.delete(subject);
  }
}
