import { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { z } from "zod";
import { AppError } from "#lib/errors/app-error.ts";
import { invariant } from "#lib/invariant.ts";
import { log } from "#lib/log.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";
import { uniqueViolations } from "./unique-violations.ts";

/** What runs inside a transaction. */
export type Tx = Prisma.TransactionClient;

/** Survives the module reloads of `npm run dev`; one pool a process. */
const holder = globalThis as typeof globalThis & { porticoDb?: PrismaClient; porticoStatementMs?: number };

/** Set by a process that must not wait for a database that hangs. */
let silenceMsMax: number | undefined;

/**
 * From the next connection on, a database that says nothing for so long while it is asked counts as one that is away:
 * the connection is dropped and the query fails. Time counts from the last byte, so an answer that keeps coming may take
 * longer. For the gateway; call it before the first query.
 */
export function giveUpOnSilence(ms: number): void {
  silenceMsMax = ms;
}

/**
 * For the portal: a statement gives up after so long, in the database and here, and its error is DATABASE_AWAY in place
 * of the driver's words; a page that waits for a database that hangs says so. Call it before the first query. Kept for
 * the process, of which a bundler may hold this module twice.
 */
export function limitStatements(ms: number): void {
  holder.porticoStatementMs = ms;
}

/** A hung database says nothing, not even that a statement's time is up: it has this much longer to do so. */
const SAYING_SO_MS = 500;

const SILENT = "the database has said nothing";

/** A socket that drops itself. It is not told apart from one that idles, which the pool has closed before. */
function impatientSocket(ms: number): Socket {
  const socket = new Socket();
  socket.setTimeout(ms, () => socket.destroy(new Error(`${SILENT} for ${ms} ms`)));
  return socket;
}

function connect(): PrismaClient {
  const url = process.env.DATABASE_URL;
  invariant(url, "DATABASE_URL is set by scripts/start before a process opens the database");
  const statementMs = holder.porticoStatementMs;
  const ms = statementMs === undefined ? silenceMsMax : statementMs + SAYING_SO_MS;
  const patience = ms !== undefined && {
    stream: () => impatientSocket(ms),
    connectionTimeoutMillis: ms,
    idleTimeoutMillis: ms / 2,
  };
  const limit = statementMs !== undefined && { statement_timeout: statementMs };
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: 10, ...patience, ...limit }),
  });
  if (statementMs === undefined) return client;
  return client.$extends({
    query: {
      $allOperations: ({ args, query }) =>
        query(args).catch((error: unknown) => {
          throw isAway(error) ? new AppError("DATABASE_AWAY", { cause: error }) : error;
        }),
    },
  }) as unknown as PrismaClient;
}

/** The database client of this process. Only lib/<noun>/, seeds and test kits touch it. */
export function db(): PrismaClient {
  holder.porticoDb ??= connect();
  return holder.porticoDb;
}

/** Closes the pool; for scripts and tests. */
export async function closeDb(): Promise<void> {
  await holder.porticoDb?.$disconnect();
  delete holder.porticoDb;
}

/** What a use case says of a constraint in place of the general words: an error beside the field of its form. */
export type UniqueWords = Readonly<Record<string, AppError>>;

/** Runs of a transaction that PostgreSQL ended because it and another waited for each other. */
const ATTEMPTS_MAX = 5;
/** So that the other one is through before it is run again. */
const PAUSE_MS_MAX = 50;

/**
 * One transaction: the change, its audit event, its gateway change (style rule 7). What another deed did meanwhile is
 * told in words: a taken name or a row made twice by its constraint (`unique` has the use case's own words), a row that
 * is gone as CONFLICT. A deadlock, which only a process of an older version with another order of locks can cause, is
 * tried again: nothing of it was written, so `work` changes nothing outside of the database.
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>, unique: UniqueWords = {}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db().$transaction(work, { maxWait: 5_000, timeout: 20_000 });
    } catch (error) {
      if (!isDeadlock(error) || attempt === ATTEMPTS_MAX) throw inWords(error, unique);
      log.warn({ attempt }, "a transaction was ended as a deadlock, and is run again");
      await setTimeout(Math.random() * PAUSE_MS_MAX);
    }
  }
}

/** Many small reads, with pauses for what waits. It locks nothing. */
const READ_MS_MAX = 120_000;

/**
 * Reads that see one state of the database, whatever commits between them: without it a gateway could put the plans
 * from before a publish together with the APIs from after it.
 */
export const readTogether = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db().$transaction(work, { maxWait: 5_000, timeout: READ_MS_MAX, isolationLevel: "RepeatableRead" });

/** Prisma: not reached, no connection in time, closed, no place in the pool, no transaction in time. */
const AWAY_CODES = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);
/** PostgreSQL: a statement's time is up, shutting down, starting. */
const AWAY_STATES = new Set(["57014", "57P01", "57P03"]);

const driverState = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }),
});

/** Whether an error means that the database did not answer, or not in time. */
function isAway(error: unknown): boolean {
  if (error instanceof AppError) return error.code === "DATABASE_AWAY";
  if (typeof error === "object" && error !== null && "code" in error && AWAY_CODES.has(String(error.code))) return true;
  const state = driverState.safeParse(error);
  if (state.success) return AWAY_STATES.has(state.data.meta.driverAdapterError.cause.originalCode);
  const words = error instanceof Error ? error.message : "";
  return words.includes(SILENT) || /Connection terminated|timeout exceeded when trying to connect/.test(words);
}

function inWords(error: unknown, unique: UniqueWords): unknown {
  if (holder.porticoStatementMs !== undefined && isAway(error)) {
    return error instanceof AppError ? error : new AppError("DATABASE_AWAY", { cause: error });
  }
  const constraint = violatedConstraint(error);
  if (constraint !== null) {
    const words = uniqueViolations[constraint];
    return unique[constraint] ?? (words && new AppError(words.code, { detail: words.detail, cause: error })) ?? error;
  }
  if (isDeadlock(error)) return new AppError("OVERLOADED", { cause: error });
  if (isGone(error)) {
    const detail = "Something that this belongs to was deleted in the meantime. Load the page again.";
    return new AppError("CONFLICT", { detail, cause: error });
  }
  return error;
}

/** What the driver says of a refused statement, whether the client or raw SQL made it. */
const refused = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({ kind: z.string(), constraint: z.object({ index: z.string() }).optional() }),
    }),
  }),
});

function causeOf(error: unknown): { kind: string; constraint?: { index: string } | undefined } | null {
  const parsed = refused.safeParse(error);
  return parsed.success ? parsed.data.meta.driverAdapterError.cause : null;
}

const isDeadlock = (error: unknown): boolean => causeOf(error)?.kind === "TransactionWriteConflict";

/** A row to change or delete is not there any more (P2025 of the client), nor is one that was to be pointed at. */
const isGone = (error: unknown): boolean =>
  (typeof error === "object" && error !== null && "code" in error && error.code === "P2025") ||
  causeOf(error)?.kind === "ForeignKeyConstraintViolation";

/** The name of the unique constraint or index that an error of the database names; null for any other error. */
function violatedConstraint(error: unknown): string | null {
  const cause = causeOf(error);
  return cause?.kind === "UniqueConstraintViolation" ? (cause.constraint?.index ?? null) : null;
}
