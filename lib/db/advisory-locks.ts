/**
 * Every advisory lock of the installation's database, so that no two of them are one: who waits for one would wait for the
 * other's work too, for minutes perhaps. A number that a version in use takes stays, since two versions run side by side.
 * The functions of prisma/migrations write theirs out; advisory-locks.test.ts holds them against this list.
 */
export const ADVISORY_LOCKS = {
  /** Applying migrations, of processes that start at once. A session's. */
  migrations: 7_046_201,
  /** Making a partition of call records (SQL). A transaction's. */
  callRecordPartitions: 7_046_202,
  /** Dropping one (SQL). A transaction's. */
  callRecordDrops: 7_046_203,
  /** Making the first signing key, or the next. A transaction's. */
  signingKeys: 7_046_204,
  /** Compiling anew what is published. A session's, for as long as a slice takes. */
  renewal: 7_046_205,
  /** Rolling usage up. A session's, for minutes. */
  usageRollUp: 7_046_206,
  /** Giving partitions of before an index. A session's, for minutes. */
  callRecordIndexes: 7_046_207,
  /** Looking for a name that is free in the whole installation. A transaction's. */
  names: 7_620_341,
} as const;

/** Those that SQL makes of a text, by `hashtextextended(text, 0)`. */
export const NAMED_ADVISORY_LOCKS = {
  /** Settling which gateway counts limits alone (SQL). A transaction's. */
  limitCounters: "portico_limit_counter_join",
} as const;
