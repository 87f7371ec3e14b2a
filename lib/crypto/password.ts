import argon2 from "argon2";

/** OWASP's argon2id setting, about 50 ms of one core: m = 19 MiB, t = 2, p = 1. */
const SETTING = { type: argon2.argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 } as const;

/** At most this many hashes run at once, and this many wait: a flood of sign-ins must not take the machine (T32). */
const RUNNING_MAX = 2;
const WAITING_MAX = 64;

let running = 0;
const waiting: (() => void)[] = [];

export class HashQueueFull extends Error {}

async function slot<T>(work: () => Promise<T>): Promise<T> {
  if (running >= RUNNING_MAX) {
    if (waiting.length >= WAITING_MAX) throw new HashQueueFull("too many password checks at once");
    await new Promise<void>((go) => waiting.push(go));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** argon2id record of a password or client secret. Never called while a gateway call waits. */
export const hashPassword = (plain: string): Promise<string> => slot(() => argon2.hash(plain, SETTING));

let dummy: Promise<string> | undefined;

/** Checks a password against its record; with no record it does the same work and says no, so that timing tells nothing (T30). */
export async function verifyPassword(record: string | undefined, plain: string): Promise<boolean> {
  dummy ??= hashPassword("no such account");
  const against = record ?? (await dummy);
  const ok = await slot(() => argon2.verify(against, plain));
  return record !== undefined && ok;
}
