import { env } from "#lib/env.ts";
import { comparable } from "#lib/text.schema.ts";

/** What is looked at: the work grows with the length, and what is this long is strong or repeats itself. */
const LOOKED_AT_MAX = 48;
/** Of what is known of the person: more only costs time. */
const WORDS_MAX = 100;
/** zxcvbn: 3 = at least 10^8 guesses, out of reach of somebody who tries at the sign-in page and beyond (NIST SP 800-63B). */
const SCORE_MIN = 3;
/** Of what is left without what is tried first; two words that everybody knows are fewer than this. */
const CORE_GUESSES_LOG10_MIN = 7.5;
const OWN_WORDS = ["portico"];
/** The word itself where zxcvbn's lists, which are English, have none, and rows of keys beyond Latin letters. */
const COMMON = [
  ...["password", "passwort", "kennwort", "geheim", "motdepasse", "contraseña", "пароль"],
  ...["йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"],
];
/** Days, months and seasons stand in for a date. */
const CALENDAR =
  /january|february|march|april|june|july|august|september|october|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day|spring|summer|autumn|winter/g;
const DATES = [
  /(?<!\d)(?:\d{1,2}([./\s-]?)\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./\s-]?)\d{1,2}\2\d{1,2})(?!\d)/g,
  /(?<!\d)(?:19|20)\d\d(?!\d)/g,
];
/** What people put before and behind a word. */
const EDGES = /^[^\p{L}]{1,6}|[^\p{L}]{1,6}$/gu;

type Check = (password: string, words: string[]) => { score: number; guessesLog10: number; warning: string | null };
let loaded: Promise<Check> | undefined;

/** The lists weigh half a megabyte: loaded with the first password that is chosen, never sent to a browser. */
async function load(): Promise<Check> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  const factory = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return (password, words) => {
    const { score, guessesLog10, feedback } = factory.check(password, words);
    return { score, guessesLog10, warning: feedback.warning ? String(feedback.warning) : null };
  };
}

const OWN =
  "This is made of your name, your address, your organization or the portal's name. Take words that have nothing to do with you.";
const TOO_COMMON = "This is close to one of the most used passwords. Take a few words that do not belong together.";

/** Why it is weak, and what helps; whole sentences. */
const ADVICE: Record<string, string> = {
  common: "This is one of the most used passwords. Take a few words that do not belong together.",
  similarToCommon: TOO_COMMON,
  userInputs: OWN,
  simpleRepeat: "This repeats one letter. Take a few words that do not belong together.",
  extendedRepeat: "This repeats one piece. Take a few words that do not belong together.",
  sequences: "This is a sequence that is tried first. Take a few words that do not belong together.",
  straightRow: "This is a row of keys. Take a few words that do not belong together.",
  keyPattern: "This is a pattern of keys. Take a few words that do not belong together.",
  dates: "This is mostly a date. Take a few words that do not belong together.",
  recentYears: "This is mostly a year. Take a few words that do not belong together.",
};
const GENERAL = "This is easy to guess. Add another word or two that do not belong together.";

const ONE_WORD =
  "This is one word with figures or a date around it. Add another word or two that do not belong together.";

/**
 * What is wrong with a password that somebody chooses, in a sentence with advice; null when it is good. It is compared
 * with the passwords that are used most (ASVS 6.2.4), with rows of keys, sequences and repetitions, and with what is
 * known of the person (`about`); own words, dates and figures around a word make no password stronger.
 */
export async function passwordWeakness(password: string, about: readonly string[]): Promise<string | null> {
  loaded ??= load();
  const check = await loaded;
  const words = wordsOf([...OWN_WORDS, new URL(env().PORTAL_URL).hostname, ...about]);
  // Cut before anything is done with it. What is drawn alike is alike; letters with the same mark between them are a word.
  const typed = comparable(password.slice(0, LOOKED_AT_MAX).toWellFormed()).slice(0, LOOKED_AT_MAX);
  for (const form of new Set([
    typed,
    typed.replace(/(?<=^|[^\p{L}\p{N}])([\p{L}\p{N}])[^\p{L}\p{N}](?=[\p{L}\p{N}](?:[^\p{L}\p{N}]|$))/gu, "$1"),
  ])) {
    const { score, warning } = check(form, words);
    if (score < SCORE_MIN) return (warning && ADVICE[warning]) ?? GENERAL;
  }
  const foreign = without(typed, words);
  if (foreign !== typed && check(foreign, []).guessesLog10 < CORE_GUESSES_LOG10_MIN) return OWN;
  const rare = without(foreign, COMMON);
  if (rare !== foreign && check(rare, []).guessesLog10 < CORE_GUESSES_LOG10_MIN) return TOO_COMMON;
  const core = [CALENDAR, ...DATES].reduce((text, pattern) => text.replace(pattern, " "), rare).trim();
  // Without a letter it is figures alone, and those count.
  const bare = /\p{L}/u.test(core) ? core.replace(EDGES, "") : core;
  return check(bare, []).guessesLog10 < CORE_GUESSES_LOG10_MIN ? ONE_WORD : null;
}

/** The words of a few texts, and the texts themselves; the longest first, so that none takes a part of another away. */
function wordsOf(texts: readonly string[]): string[] {
  const all = texts
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .map(comparable)
    .filter((word) => word.length > 2);
  return [...new Set(all)].sort((a, b) => b.length - a.length).slice(0, WORDS_MAX);
}

const without = (text: string, words: readonly string[]): string =>
  words.reduce((left, word) => left.replaceAll(word, " "), text).trim();
