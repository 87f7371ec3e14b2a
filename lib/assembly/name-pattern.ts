import { linearPattern, PatternRefused } from "#lib/validation/linear-pattern.ts";
import { Unreadable } from "./reference.ts";

/** A pattern of header or parameter names, found anywhere in the name; header names in any case. */
export const namePattern = (pattern: string, anyCase: boolean): { test(text: string): boolean } =>
  linearPattern(anyCase ? `(?i)${pattern}` : pattern);

/** Throws Unreadable when the engine, whose time is linear (T18), does not have the pattern. */
export function checkPattern(pattern: string): void {
  try {
    namePattern(pattern, true);
  } catch (error) {
    if (error instanceof PatternRefused) throw new Unreadable(error.message);
    throw error;
  }
}
