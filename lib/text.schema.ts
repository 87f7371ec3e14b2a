import { z } from "zod";

/*
 * The primitives of all text that comes from outside: forms, actions, routes, addresses. scripts/conventions/edges.test.ts
 * finds what is read without them.
 */

const CANNOT_BE_STORED = "This holds a character that cannot be stored. Remove it, or type the text again.";

/** PostgreSQL stores no U+0000, and UTF-8 knows no half of a surrogate pair. */
export const isStorable = (value: string): boolean => !value.includes("\0") && value.isWellFormed();

/** Any text, of any number of lines. */
export const text = () => z.string().refine(isStorable, { error: CANNOT_BE_STORED, abort: true });

/** Any JSON value, its texts and keys as `text`. */
export const json = () => z.json().refine(isStorableJson, { error: CANNOT_BE_STORED });

function isStorableJson(value: unknown): boolean {
  if (typeof value === "string") return isStorable(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, child]) => isStorable(key) && isStorableJson(child));
}

/** Controls, the separators of lines and paragraphs, and what turns the direction of the text around it (UAX #9). */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** What is drawn as nothing: format characters, fillers, variation selectors, tags, and the blank of Braille. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;
const DRAWN = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Whether a person sees anything of a text: U+200B is none, and neither is a Hangul filler. */
const isVisible = (value: string): boolean => DRAWN.test(value.replace(BLANK, ""));

/**
 * A text as a person tells it from others: two that are equal by this look the same, or are the same word in other letters.
 * To compare, never to show or to store in place of the text.
 */
export const comparable = (value: string): string =>
  value.normalize("NFKC").replace(BLANK, "").toLowerCase().normalize("NFKC").replace(/\s+/gu, " ").trim();

/**
 * What is shown as the name of something: one line that can be seen, in the direction in which it was typed. Trimmed;
 * whether it may be empty and how long it is, the caller adds. What joins letters, as in Persian or in an emoji of two
 * persons, may be in it.
 */
export const name = () =>
  text()
    .trim()
    .refine((value) => !UNSEEN.test(value), {
      error: "A name holds no control characters, and none that change the direction of text.",
      abort: true,
    })
    .refine((value) => value === "" || isVisible(value), {
      error: "Use at least one character that can be seen.",
      abort: true,
    });

/**
 * What is left of somebody else's text for one line of a page, say of a definition's title: without what `name` refuses;
 * "" when nothing of it can be seen.
 */
export function shownLine(value: string): string {
  const line = value
    .replace(/\s+/gu, " ")
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, "")
    .trim();
  return isVisible(line) ? line : "";
}

/**
 * `shownLine` of what is compared as well as shown, say a version: two that look the same, in compatible forms of the same
 * characters (NFKC) or with characters between them that are drawn as nothing, are one.
 */
export const plainLine = (value: string): string =>
  shownLine(shownLine(value.toWellFormed().normalize("NFKC")).replace(BLANK, "").normalize("NFKC"));

/** A word of an address or of a search: compared, never shown as somebody's name. */
export const word = (lengthMax = 200) => text().max(lengthMax);

/** The beginning of a text: at most so many UTF-16 units, and no half of a surrogate pair at its end. */
export function cutText(value: string, lengthMax: number): string {
  if (value.length <= lengthMax) return value;
  const start = value.slice(0, lengthMax);
  return /[\uD800-\uDBFF]$/.test(start) ? start.slice(0, -1) : start;
}
