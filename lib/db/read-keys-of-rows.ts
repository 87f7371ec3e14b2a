import { KEYS_OF_ROWS, type KeyOfRows } from "#lib/crypto/keys-of-rows.ts";
import { db } from "./client.ts";

/** The keys that the rows of this database name. Counts all of them: for a start, not for a call. */
export const readKeysOfRows = (): Promise<KeyOfRows[]> => db().$queryRawUnsafe<KeyOfRows[]>(KEYS_OF_ROWS);
