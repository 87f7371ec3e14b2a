import { pageInput } from "#lib/page.ts";

type SearchParams = Record<string, string | string[] | undefined>;

/** Reads `?q=` and `?after=` of a list; what is not usable counts as absent. */
export function readListQuery(params: SearchParams): { q: string | undefined; after: string | undefined } {
  const q = typeof params.q === "string" ? params.q.trim().slice(0, 100) : "";
  return { q: q || undefined, after: pageInput.parse(params).after };
}
