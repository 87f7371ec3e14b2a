import { AppError } from "#lib/errors/app-error.ts";
import { readText } from "./read-text.ts";

/** Of a request without a session: enough for a call of the console, too little to be a burden. */
export const STRANGER_BYTES_MAX = 1024 * 1024;

interface Crowd {
  /** Bodies that are read and parsed at once, of all and of one. */
  placesMax: number;
  placesOfOne: number;
  deadlineMs: number;
}
const STRANGERS: Crowd = { placesMax: 64, placesOfOne: 8, deadlineMs: 30_000 };
const PERSONS: Crowd = { placesMax: 32, placesOfOne: 4, deadlineMs: 120_000 };

/** Whose body it is: the person's ID, or for a stranger the address as `subjectOf` gives it. */
export interface BodyOwner {
  subject: string;
  isStranger: boolean;
}

const held = { strangers: new Map<string, number>(), persons: new Map<string, number>() };

/**
 * The text of a request's body, for `work` to parse; null when it is longer than `bytesMax` (or, of a stranger, than
 * STRANGER_BYTES_MAX): the rest is not read. Call it when session and budget are known, never before. Throws OVERLOADED
 * when the owner, or all, have as many bodies under way as they may, or when it does not arrive in time.
 */
export async function withRequestText<T>(
  request: { headers: Headers; body: ReadableStream<Uint8Array> | null },
  owner: BodyOwner,
  bytesMax: number,
  work: (text: string | null) => T,
): Promise<T> {
  const crowd = owner.isStranger ? STRANGERS : PERSONS;
  const places = owner.isStranger ? held.strangers : held.persons;
  const most = owner.isStranger ? Math.min(bytesMax, STRANGER_BYTES_MAX) : bytesMax;
  if (Number(request.headers.get("content-length") ?? 0) > most) return work(null);
  const own = places.get(owner.subject) ?? 0;
  const all = [...places.values()].reduce((sum, count) => sum + count, 0);
  if (own >= crowd.placesOfOne || all >= crowd.placesMax) throw new AppError("OVERLOADED");
  places.set(owner.subject, own + 1);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new AppError("OVERLOADED", { detail: "The body did not arrive in time." })),
      crowd.deadlineMs,
    );
  });
  try {
    return work(await Promise.race([readText(request.body, most), late]));
  } finally {
    clearTimeout(timer);
    const left = (places.get(owner.subject) ?? 1) - 1;
    if (left > 0) places.set(owner.subject, left);
    else places.delete(owner.subject);
  }
}
