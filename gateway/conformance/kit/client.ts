import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { inject } from "vitest";

export interface Answer {
  status: number;
  /** Lower-case names; several values are joined with ", ". */
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads members of a body that it expects
  json: any;
}

export interface CallOptions {
  method?: string;
  /** Pairs, so that a header can be sent twice. */
  headers?: [string, string][];
  body?: string | Buffer;
}

/** Calls the gateway that is tested, over a connection of its own. */
export async function call(path: string, options: CallOptions = {}, base = inject("target")): Promise<Answer> {
  const url = new URL(base);
  const headers = ["Host", url.host, ...(options.headers ?? []).flat()];
  if (options.body !== undefined) headers.push("Content-Length", String(Buffer.byteLength(options.body)));
  const req = request({
    host: url.hostname,
    port: url.port,
    path,
    method: options.method ?? "GET",
    headers,
    agent: false,
  });
  req.end(options.body);
  const [res] = await once(req, "response");
  let text = "";
  res.setEncoding("utf8");
  for await (const piece of res) text += piece;
  const json = /json/.test(res.headers["content-type"] ?? "") && text !== "" ? JSON.parse(text) : undefined;
  const joined = Object.entries(res.headers as Record<string, string | string[]>).map(([name, value]) => [
    name,
    String(value),
  ]);
  return { status: res.statusCode, headers: Object.fromEntries(joined), text, json };
}

/** A busy machine may take this long to begin an answer; what follows an answer follows at once. */
const BEFORE_ANSWER_MS = 10_000;
const AFTER_ANSWER_MS = 500;

/** A bare connection to the gateway. */
export async function open(base = inject("target")): Promise<Socket> {
  const url = new URL(base);
  const socket = connect(Number(url.port || 80), url.hostname);
  await once(socket, "connect");
  return socket;
}

export interface RawAnswer {
  /** Status of each answer on the connection, in order. */
  statuses: number[];
  text: string;
  /** The gateway closed the connection, before our own time limit did. */
  closed: boolean;
}

/**
 * Sends bytes as they are and collects what comes until the gateway closes, or nothing has come for a while after an
 * answer. `onSent`: all of them have left this process.
 */
export async function sendRaw(
  bytes: string | Buffer,
  base = inject("target"),
  onSent?: () => void,
): Promise<RawAnswer> {
  const socket = await open(base);
  let text = "";
  let closed = false;
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
    socket.setTimeout(AFTER_ANSWER_MS);
  });
  socket.on("error", () => undefined);
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, onSent);
  await new Promise<void>((done) => {
    // Our own limit: a connection that stays open and silent is an answer too.
    socket.setTimeout(BEFORE_ANSWER_MS, done);
    socket.once("close", () => {
      closed = true;
      done();
    });
  });
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  return { statuses, text, closed };
}
