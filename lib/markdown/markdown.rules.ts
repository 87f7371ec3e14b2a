/** A long introduction with examples has 20,000 characters. */
export const MARKDOWN_LENGTH_MAX = 50_000;

export interface RenderedMarkdown {
  /** Safe in a page; null: it took too much work, and is to be shown as the plain text. */
  html: string | null;
  /** What was laid out, as it was written. */
  text: string;
  /** The text was longer than MARKDOWN_LENGTH_MAX. */
  cut: boolean;
}
