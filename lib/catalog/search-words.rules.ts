import { cutText } from "#lib/text.schema.ts";

/**
 * Of one text, in UTF-16 units; more is not looked at, since a provider's text is read within a publish. All 776 operations
 * of Kubernetes have 230,000. The database cuts what it hands over at the same length.
 */
export const INDEXED_LENGTH_MAX = 400_000;

/** Longer ones are keys or encoded data that nobody types. */
const WORD_LENGTH_MAX = 64;

/**
 * The words of a text in lower case, once each: cut at everything that is no letter or digit, and again where case changes,
 * beside the whole ("listCustomers": listcustomers, list, customers; "APIKey": apikey, api, key). Accents do not count.
 * The same for what is stored and for what is searched, whatever the locale of the database.
 */
export function wordsOf(text: string): string[] {
  return [...new Set(tokensOf(text).flatMap(({ whole, parts }) => (parts.length > 1 ? [whole, ...parts] : [whole])))];
}

interface Token {
  whole: string;
  parts: string[];
}

const LETTERS = /[\p{L}\p{M}\p{N}]+/gu;
/** More than any word has. To put the marks of one letter in order takes time by the square of their number. */
const TOKEN_LENGTH_MAX = 256;

/** Each once: cut first and normalized then, so that the work is bounded whatever the text. */
function tokensOf(text: string): Token[] {
  const written = new Set(cutText(text, INDEXED_LENGTH_MAX).match(LETTERS) ?? []);
  const plain = new Set(
    [...written].flatMap((token) => withoutAccents(cutText(token, TOKEN_LENGTH_MAX)).match(LETTERS) ?? []),
  );
  return [...plain].map((token) => ({
    whole: fold(token),
    parts: token
      .split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
      .map(fold)
      .filter((part) => part.length > 1),
  }));
}

const withoutAccents = (token: string): string =>
  token
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC");

const fold = (word: string): string => [...word.toLowerCase()].slice(0, WORD_LENGTH_MAX).join("");

/** Words of one search; more narrow it no further. */
const TOKENS_MAX = 16;

export interface SearchQuery {
  /** A tsquery: every word, or its parts, begins one of the API's. */
  all: string;
  /** A tsquery of the same words, for the rank: each one that is there counts. */
  any: string;
}

/** What somebody typed as queries of PostgreSQL; null when it holds no letter or digit. */
export function searchQuery(typed: string): SearchQuery | null {
  const tokens = tokensOf(typed).slice(0, TOKENS_MAX);
  if (tokens.length === 0) return null;
  const alternatives = tokens.map(({ whole, parts }) =>
    parts.length > 1 ? `(${prefix(whole)} | (${parts.map(prefix).join(" & ")}))` : prefix(whole),
  );
  const words = tokens.flatMap(({ whole, parts }) => [whole, ...parts]);
  return { all: alternatives.join(" & "), any: [...new Set(words)].map(prefix).join(" | ") };
}

// Letters, marks and digits alone: no quote and no backslash can be among them.
const prefix = (word: string): string => `'${word}':*`;

export type Weight = "A" | "B" | "C" | "D";

/** Half of what a tsvector can hold: gigantic definitions keep the words that come first. */
const VECTOR_BYTES_MAX = 500_000;

/** A tsvector as text: each word once, with its highest weight. `texts` in the order of importance. */
export function vectorOf(texts: { weight: Weight; text: string }[]): string {
  const lexemes: string[] = [];
  const known = new Set<string>();
  let bytes = 0;
  for (const { weight, text } of texts) {
    for (const word of wordsOf(text)) {
      if (known.has(word)) continue;
      bytes += Buffer.byteLength(word) + 8;
      if (bytes > VECTOR_BYTES_MAX) return lexemes.join(" ");
      known.add(word);
      // All at one place: where a word stands does not matter, and its distance to others is not to count.
      lexemes.push(`'${word}':1${weight}`);
    }
  }
  return lexemes.join(" ");
}
