/** The beginning of a list that is not paged: a picker, which a search narrows, or what nobody has many of. */
export interface Part<T> {
  rows: T[];
  /** There are more than these; the page says so. */
  more: boolean;
}

/** The part of rows of which one more was asked for than is shown. */
export const partOf = <T>(rows: T[], rowsMax: number): Part<T> => ({
  rows: rows.slice(0, rowsMax),
  more: rows.length > rowsMax,
});
