import pg from "pg";
import { onTestFinished, vi } from "vitest";

export interface Gate {
  /** Until so many statements of this database wait for a lock, or the promise has settled. */
  waited: (count: number, orSettled?: Promise<unknown>) => Promise<void>;
  open: () => Promise<void>;
}

/** Holds a row of this test's database until it is opened: what needs the row has read before and writes after. */
export async function gate(table: string, id: string): Promise<Gate> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query("begin");
  await client.query(`select 1 from "${table}" where id = $1 for update`, [id]);
  let held = true;
  const open = async (): Promise<void> => {
    if (!held) return;
    held = false;
    await client.query("commit");
    await client.end();
  };
  // A test that fails before must not hold the row against the next.
  onTestFinished(open);
  const waiting = async (): Promise<number> => {
    // A transaction keeps the list of connections that it saw first: one that was opened since would not count.
    await client.query("select pg_stat_clear_snapshot()");
    const { rows } = await client.query(
      "select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()",
    );
    return rows[0].n;
  };
  return {
    waited: async (count, orSettled) => {
      let settled = false;
      const done = () => {
        settled = true;
      };
      orSettled?.then(done, done);
      const arrived = async () => {
        if (!settled && (await waiting()) < count) throw new Error("not there yet");
      };
      await vi.waitFor(arrived, { timeout: 15_000, interval: 20 });
    },
    open,
  };
}

/** How a deed ended, taken at once: one that is refused while the test waits for something else is no fault. */
export const told = async (deed: Promise<unknown>): Promise<{ ok: true } | { ok: false; reason: unknown }> =>
  deed.then(
    () => ({ ok: true }),
    (reason) => ({ ok: false, reason }),
  );
