import pg from "pg";
import { log } from "#lib/log.ts";
import { FEED_CHANNEL } from "./record-change.ts";

/** First and longest pause before LISTEN is tried again. The poll goes on meanwhile, so nothing is lost. */
const RETRY_MS = { first: 250, longest: 5_000 };
/** Nothing is heard on this connection for hours: it is asked, because one that died without a word looks the same. */
const ASK_EVERY_MS = 10_000;
const ANSWER_MS_MAX = 10_000;

/** Calls `onNotify` whenever a change is announced, over a connection of its own that comes back by itself. Returns its stop. */
export function listenForChanges(url: string, onNotify: () => void): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let ask: NodeJS.Timeout | undefined;
  let pauseMs = RETRY_MS.first;

  const connect = async () => {
    const own = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
    });
    client = own;
    let lost = false;
    const onLost = () => {
      if (lost || stopped) return;
      lost = true;
      clearInterval(ask);
      own.end().catch(() => undefined);
      retry = setTimeout(connect, pauseMs);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
    };
    own.on("error", onLost);
    own.on("end", onLost);
    own.on("notification", onNotify);
    try {
      await own.connect();
      await own.query(`listen ${FEED_CHANNEL}`);
      pauseMs = RETRY_MS.first;
      onNotify();
      if (!lost && !stopped) ask = setInterval(() => own.query("select 1").catch(onLost), ASK_EVERY_MS);
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : "unknown" }, "cannot listen for changes, polling");
      onLost();
    }
  };
  void connect();

  return async () => {
    stopped = true;
    clearTimeout(retry);
    clearInterval(ask);
    await client?.end().catch(() => undefined);
  };
}
