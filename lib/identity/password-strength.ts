import { env } from "#lib/env.ts";

/** What is looked at: the work grows with the length, and what is this long is strong or repeats itself. */
const LOOKED_AT_MAX = 72;
/** zxcvbn: 3 = at least 10^8 guesses, out of reach of somebody who tries at the sign-in page and beyond (NIST SP 800-63B). */
const SCORE_MIN = 3;
const OWN_WORDS = ["portico"];

type Check = (password: string, words: string[]) => { score: number; warning: string | null };
let loaded: Promise<Check> | undefined;

/** The lists weigh half a megabyte: loaded with the first password that is chosen, never sent to a browser. */
async function load(): Promise<Check> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  const factory = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return (password, words) => {
    const { score, feedback } = factory.check(password, words);
    return { score, warning: feedback.warning ? String(feedback.warning) : null };
  };
}

/** Why it is weak, and what helps; whole sentences. */
const ADVICE: Record<string, string> = {
  common: "This is one of the most used passwords. Take a few words that do not belong together.",
  similarToCommon: "This is close to one of the most used passwords. Take a few words that do not belong together.",
  userInputs:
    "This is made of your name, your address or the portal's name. Take words that have nothing to do with you.",
  simpleRepeat: "This repeats one letter. Take a few words that do not belong together.",
  extendedRepeat: "This repeats one piece. Take a few words that do not belong together.",
  sequences: "This is a sequence that is tried first. Take a few words that do not belong together.",
  straightRow: "This is a row of keys. Take a few words that do not belong together.",
  keyPattern: "This is a pattern of keys. Take a few words that do not belong together.",
  dates: "This is mostly a date. Take a few words that do not belong together.",
  recentYears: "This is mostly a year. Take a few words that do not belong together.",
};
const GENERAL = "This is easy to guess. Add another word or two that do not belong together.";

/**
 * What is wrong with a password that somebody chooses, in a sentence with advice; null when it is good. It is compared
 * with the passwords that are used most (ASVS 6.2.4), with rows of keys, sequences and repetitions, and with what is
 * known of the person (`about`).
 */
export async function passwordWeakness(password: string, about: string[]): Promise<string | null> {
  loaded ??= load();
  const check = await loaded;
  const words = [...OWN_WORDS, new URL(env().PORTAL_URL).hostname, ...about]
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .map((word) => word.toLowerCase())
    .filter((word) => word.length > 2);
  const { score, warning } = check(password.slice(0, LOOKED_AT_MAX), words);
  return score >= SCORE_MIN ? null : ((warning && ADVICE[warning]) ?? GENERAL);
}
