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

/**
 * One page of a list: the loader is asked for one row more than is shown, which tells whether there is a next page.
 * `cursor` goes into Prisma's findMany beside an `orderBy` that ends in the ID.
 */
export async function pageOf<T extends { id: string }>(
  input: PageInput,
  load: (query: { take: number; cursor: { cursor?: { id: string }; skip?: number } }) => Promise<T[]>,
  rowsMax = PAGE_ROWS,
): Promise<Page<T>> {
  const cursor = input.after ? { cursor: { id: input.after }, skip: 1 } : {};
  const rows = await load({ take: rowsMax + 1, cursor });
  const shown = rows.slice(0, rowsMax);
  return { rows: shown, next: rows.length > rowsMax ? (shown.at(-1)?.id ?? null) : null };
}
