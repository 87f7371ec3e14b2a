import { v4 } from "uuid";

/**
 * Key of a row that a person adds to a form; not stored. By way of the package, because browsers keep their own
 * UUIDs from pages over plain http on any host but localhost.
 */
export const newRowKey = (): string => v4();
