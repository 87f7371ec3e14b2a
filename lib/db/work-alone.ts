import pg from "pg";
import { invariant } from "#lib/invariant.ts";

/**
 * Runs long work of which one process alone may do it at a time, over a connection of its own: its lock (of
 * advisory-locks.ts) goes with the connection, so that no death leaves it behind. Undefined when another has it; with
 * `waits`, waits for it instead. `signal`: ends the connection, and so the work, at once.
 */
export async function workAlone<T>(
  lock: number,
  work: (client: pg.Client) => Promise<T>,
  { waits = false, signal }: { waits?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<T | undefined> {
  const connectionString = process.env.DATABASE_URL;
  invariant(connectionString, "DATABASE_URL is set before the database is used");
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, keepAlive: true });
  // The statement that runs reports it.
  client.on("error", () => undefined);
  // Not a polite goodbye, which would wait for the statement that runs.
  const cut = () => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  signal?.addEventListener("abort", cut);
  try {
    await client.connect();
    if (waits) await client.query("select pg_advisory_lock($1)", [lock]);
    else {
      const { rows } = await client.query("select pg_try_advisory_lock($1) as locked", [lock]);
      if (!rows[0]?.locked) return undefined;
    }
    return await work(client);
  } finally {
    signal?.removeEventListener("abort", cut);
    await client.end().catch(() => undefined);
  }
}
