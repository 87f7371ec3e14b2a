import { RE2JS } from "re2js";

/** A pattern that the linear engine does not have: a look-around, a back-reference, a repetition above 1,000. */
export class PatternRefused extends Error {}

/** Programs above it come from repetitions inside repetitions: they match in linear time, with a factor that hurts. */
const PROGRAM_SIZE_MAX = 5_000;

/**
 * A pattern of ECMA-262 as JSON Schema has it, found anywhere in a text, on an engine whose time grows with the
 * text's length alone: `^(a+)+$` cannot be made to run for ever (T18). Throws PatternRefused.
 */
export function linearPattern(pattern: string): { test(text: string): boolean } {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "not understood";
    throw new PatternRefused(`The pattern ${pattern.slice(0, 200)} is not supported: ${reason.slice(0, 200)}.`);
  }
  if (compiled.programSize() > PROGRAM_SIZE_MAX) {
    throw new PatternRefused(`The pattern ${pattern.slice(0, 200)} is too large: its repetitions multiply.`);
  }
  return compiled;
}
