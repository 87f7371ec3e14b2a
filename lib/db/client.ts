import { Socket } from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import { invariant } from "#lib/invariant.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";

/** What runs inside a transaction. */
export type Tx = Prisma.TransactionClient;

/** Survives the module reloads of `npm run dev`; one pool a process. */
const holder = globalThis as typeof globalThis & { porticoDb?: PrismaClient };

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

/** A socket that drops itself. It is not told apart from one that idles, which the pool has closed before. */
function impatientSocket(ms: number): Socket {
  const socket = new Socket();
  socket.setTimeout(ms, () => socket.destroy(new Error(`the database has said nothing for ${ms} ms`)));
  return socket;
}

function connect(): PrismaClient {
  const url = process.env.DATABASE_URL;
  invariant(url, "DATABASE_URL is set by scripts/start before a process opens the database");
  const ms = silenceMsMax;
  const patience = ms !== undefined && {
    stream: () => impatientSocket(ms),
    connectionTimeoutMillis: ms,
    idleTimeoutMillis: ms / 2,
  };
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10, ...patience }) });
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

/** One transaction: the change, its audit event, its gateway change (style rule 7). */
export const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db().$transaction(work, { maxWait: 5_000, timeout: 20_000 });

/**
 * Reads that see one state of the database, whatever commits between them: without it a gateway could put the plans
 * from before a publish together with the APIs from after it.
 */
export const readTogether = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db().$transaction(work, { maxWait: 5_000, timeout: 20_000, isolationLevel: "RepeatableRead" });

/** Whether an error is Postgres's "unique constraint" on (some of) these fields or this index. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "P2002";
}
