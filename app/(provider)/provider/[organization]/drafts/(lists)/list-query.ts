import { pageInput } from "#lib/page.ts";
import { text } from "#lib/text.schema.ts";

type SearchParams = Record<string, string | string[] | undefined>;

const query = pageInput.extend({
  // Cut, not refused: half of a pair that the cut leaves goes as well.
  q: text()
    .trim()
    .transform((words) => words.slice(0, 100).toWellFormed())
    .optional()
    .catch(undefined),
});

/** Reads `?q=` and `?after=` of a list; what is not usable counts as absent. */
export function readListQuery(params: SearchParams): { q: string | undefined; after: string | undefined } {
  const { q, after } = query.parse(params);
  return { q: q || undefined, after };
}
