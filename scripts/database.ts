import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type RestartPatience, RestartPause } from "#lib/restart-pause.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { Failure, failureLine } from "./failure.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const PATIENCE: RestartPatience = { firstMs: 250, longestMs: 30_000 };

export interface Database {
  url: string;
  /** For the progress line. */
  description: string;
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Opens the database that DATABASE_URL names, or the embedded PostgreSQL of the data directory. The embedded one is
 * started again as often as it ends: the gateway serves on meanwhile, and gives back what it recorded.
 */
export async function openDatabase(dataDir: string, url: string | undefined, patience = PATIENCE): Promise<Database> {
  return url ? checkGiven(url) : startOwn(dataDir, new RestartPause(patience));
}

async function checkGiven(url: string): Promise<Database> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks while closing is no news.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new Failure(`DATABASE_URL cannot be reached (${placeOf(url)}): ${reason(error)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
  return { url, description: placeOf(url), stop: async () => undefined, kill: () => undefined };
}

/** Host and database of a connection string, never its password. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : "not a connection string";
}

/** Node reports a host with two addresses as an AggregateError without a text. */
const reason = (error: unknown): string =>
  error instanceof AggregateError ? failureLine(error.errors[0]) : failureLine(error);

async function startOwn(dataDir: string, pause: RestartPause): Promise<Database> {
  let server: EmbeddedPostgres;
  try {
    server = await startEmbeddedPostgres(dataDir);
  } catch (error) {
    throw new Failure(`the embedded PostgreSQL does not start: ${failureLine(error)}`);
  }
  const { url, port } = server;
  const stopping = new AbortController();
  /** The start after a death, so that a stop waits for it and then ends what it started. */
  let starting: Promise<void> = Promise.resolve();

  const startAgain = async () => {
    for (let what = "ended unexpectedly"; !stopping.signal.aborted; ) {
      const pauseMs = pause.next(Date.now());
      console.error(`PostgreSQL ${what}: starting it again in ${pauseMs} ms`);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        server = await startEmbeddedPostgres(dataDir, { port });
        return;
      } catch (error) {
        what = `does not start (${failureLine(error)})`;
      }
    }
  };
  const watch = async () => {
    while (!stopping.signal.aborted) {
      await server.ended;
      starting = startAgain();
      await starting;
    }
  };
  void watch();

  return {
    url,
    description: `PostgreSQL, port ${port}`,
    stop: async () => {
      stopping.abort();
      await starting;
      await server.stop();
    },
    kill: () => {
      stopping.abort();
      server.kill();
    },
  };
}
