import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { Failure, failureLine } from "./failure.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** The embedded server is started again this often before we give up. */
const RESTARTS_MAX = 5;

export interface Database {
  url: string;
  /** For the progress line. */
  description: string;
  stop(): Promise<void>;
  kill(): void;
  /** Rejects when the embedded server cannot be kept running. */
  lost: Promise<never>;
}

/** Opens the database that DATABASE_URL names, or the embedded PostgreSQL of the data directory. */
export async function openDatabase(dataDir: string, url: string | undefined) {
  return url ? checkGiven(url) : startOwn(dataDir);
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
  const nothing = () => undefined;
  return {
    url,
    description: placeOf(url),
    stop: async () => undefined,
    kill: nothing,
    lost: new Promise<never>(nothing),
  };
}

/** Host and database of a connection string, never its password. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : "not a connection string";
}

/** Node reports a host with two addresses as an AggregateError without a text. */
const reason = (error: unknown): string =>
  error instanceof AggregateError ? failureLine(error.errors[0]) : failureLine(error);

async function startOwn(dataDir: string): Promise<Database> {
  let server: EmbeddedPostgres;
  try {
    server = await startEmbeddedPostgres(dataDir);
  } catch (error) {
    throw new Failure(`the embedded PostgreSQL does not start: ${failureLine(error)}`);
  }
  const { url, port } = server;
  let stopping = false;
  let giveUp: (failure: Failure) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  lost.catch(() => undefined);

  const watch = async () => {
    for (let restarts = 0; ; restarts += 1) {
      await server.ended;
      if (stopping) return;
      if (restarts >= RESTARTS_MAX) return giveUp(new Failure("PostgreSQL ended again and again"));
      console.error("PostgreSQL ended unexpectedly: starting it again");
      try {
        server = await startEmbeddedPostgres(dataDir, { port });
      } catch (error) {
        return giveUp(new Failure(`PostgreSQL ended and does not start again: ${failureLine(error)}`));
      }
    }
  };
  void watch();

  return {
    url,
    description: `PostgreSQL, port ${port}`,
    lost,
    stop: async () => {
      stopping = true;
      await server.stop();
    },
    kill: () => {
      stopping = true;
      server.kill();
    },
  };
}
