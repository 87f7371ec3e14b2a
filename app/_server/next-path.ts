import { z } from "zod";
import { catalogue } from "#lib/errors/catalogue.ts";
import { word } from "#lib/text.schema.ts";

const query = z.object({ next: word(2_000).optional().catch(undefined) });

/** `?next=` of a page's address, or `fallback`. */
export const readNext = (searchParams: Record<string, string | string[] | undefined>, fallback: string): string =>
  safeNext(query.parse(searchParams).next, fallback);

/** Codes of the catalogue: a link that a stranger made up says nothing on the page. */
const refusal = z.object({
  refused: word(60)
    .refine((code) => Object.hasOwn(catalogue, code))
    .optional()
    .catch(undefined),
});

/** `?refused=` of the sign-in page: the code with which the plain form was refused. */
export const readRefused = (searchParams: Record<string, string | string[] | undefined>): string | undefined =>
  refusal.parse(searchParams).refused;

/** Where to go after sign-in: a path of this portal and nothing else, so that a link cannot lead elsewhere. */
export function safeNext(next: string | string[] | undefined, fallback: string): string {
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return fallback;
  // "/\t/evil.example" and friends: what the browser would strip must not be there.
  return /[\s\\]/.test(next) ? fallback : next;
}
