import { z } from "zod";

/** Rows a page shows unless it says otherwise. */
const PAGE_ROWS = 25;

/** `after` is the ID of the last row that was seen; a row that is gone starts the list anew. */
export const pageInput = z.object({ after: z.uuid().optional().catch(undefined) });
export interface PageInput {
  after?: string | undefined;
}

export interface Page<T> {
  rows: T[];
  /** Give it as `after` for the next page; null at the end. */
  next: string | null;
}

interface PageQuery<Where, Column extends string> {
  /** What the list holds: tenant scope and filters. */
  where: Where;
  /** What it is sorted by, before the ID. Never null. */
  by: Column;
  direction: "asc" | "desc";
  /** Finds the row of the cursor, in the list alone. */
  cursor: (where: Where & { id: string }) => Promise<Record<Column, Date | string> | null>;
}

/**
 * One page of a list: the loader is asked for one row more than is shown, which tells whether there is a next page. Its
 * `where` starts behind the cursor by comparing rows, so that a page costs the same however deep it is; its `orderBy`
 * is `by` and the ID, both in `direction`.
 */
export async function pageOf<T extends { id: string }, Where extends object, Column extends string>(
  input: PageInput,
  query: PageQuery<Where, Column>,
  load: (page: { where: Where; take: number }) => Promise<T[]>,
  rowsMax = PAGE_ROWS,
): Promise<Page<T>> {
  const rows = await load({ where: await whereAfter(input.after, query), take: rowsMax + 1 });
  return pageFrom(rows, rowsMax);
}

/** The page of rows of which one more was asked for than is shown. */
export function pageFrom<T extends { id: string }>(rows: T[], rowsMax = PAGE_ROWS): Page<T> {
  const shown = rows.slice(0, rowsMax);
  return { rows: shown, next: rows.length > rowsMax ? (shown.at(-1)?.id ?? null) : null };
}

/** `limit` of a statement of one's own, for `pageFrom`. */
export const PAGE_LIMIT = PAGE_ROWS + 1;

async function whereAfter<Where extends object, Column extends string>(
  id: string | undefined,
  { where, by, direction, cursor }: PageQuery<Where, Column>,
): Promise<Where> {
  const last = id === undefined ? null : await cursor({ ...where, id });
  if (!last) return where;
  const [beyond, from] = direction === "desc" ? ["lt", "lte"] : ["gt", "gte"];
  // The same as (by, id) < (…): Prisma has no row comparison, and its own cursor reads all that lies before. The first
  // half is what an index answers.
  const after = [
    { [by]: { [from as string]: last[by] } },
    { OR: [{ [by]: { [beyond as string]: last[by] } }, { id: { [beyond as string]: id } }] },
  ];
  return { AND: [where, ...after] } as unknown as Where;
}
