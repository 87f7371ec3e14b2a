import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { mutated, seeded } from "./mutate.ts";
import type { RecordingBackend, SeenCall } from "./recording-backend.ts";

/** Connections at a time. */
const ROUND = 16;
const QUIET_MS = 25;
/** Longer than anything that the gateway waits for when the client has said all it will say. */
const SILENCE_MS = 15_000;

export interface FuzzTarget {
  /** http://host:port of the gateway. */
  address: string;
  backend: RecordingBackend;
  /** Path of the backend's address: nothing outside of it may be called. */
  prefix: string;
  /** Valid requests, as bytes in latin1. */
  requests: readonly string[];
}

/** What must never happen, with the request that made it happen. */
export class FuzzFailure extends Error {}

/**
 * Sends one round of mutated requests, which follow from `seed` and `first` alone, and holds the gateway to its
 * invariants: it answers or closes, never with a 500; the backend sees no path but a routed one, no credential, no Host
 * but its own, and no more requests than were sent. Throws FuzzFailure.
 */
export async function fuzzRound(target: FuzzTarget, seed: number, first: number): Promise<number> {
  const { backend } = target;
  backend.calls.length = 0;
  const sent = Array.from({ length: ROUND }, (_, i) => mutated(target.requests, seeded(seed * 1_000_003 + first + i)));
  const answers = await Promise.all(sent.map((pieces) => exchange(target.address, pieces)));
  const fail = (what: string, index?: number): never => {
    const which = index === undefined ? sent : [sent[index] ?? []];
    const texts = which.map((pieces) => JSON.stringify(Buffer.concat(pieces).toString("latin1")));
    throw new FuzzFailure(
      `seed ${seed}, request ${first + (index ?? 0)}: ${what}\n${texts.join("\n").slice(0, 20_000)}`,
    );
  };
  for (const [index, text] of answers.entries()) {
    if (text === null) fail("the gateway neither answered nor closed", index);
    const statuses = [...(text ?? "").matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => match[1]);
    if (text !== "" && !text?.startsWith("HTTP/1.1 ")) fail("the answer is no HTTP", index);
    if (statuses.includes("500")) fail("the gateway failed", index);
  }
  const lines = sent.reduce((sum, pieces) => sum + requestLines(pieces), 0);
  if (backend.calls.length > lines) fail(`${backend.calls.length} backend calls for ${lines} requests`);
  for (const seen of backend.calls) {
    const wrong = whatIsWrong(seen, target);
    if (wrong) fail(`the backend saw ${wrong}: ${JSON.stringify(seen)}`);
  }
  return ROUND;
}

/** A request needs its line: there are no more requests than versions in the bytes. */
const requestLines = (pieces: readonly Buffer[]): number =>
  Buffer.concat(pieces).toString("latin1").split("HTTP/1.").length - 1;

/** Writes the pieces, waits for what comes of it, says no more, and gives all that came until the gateway closed; null when it did not. */
async function exchange(address: string, pieces: readonly Buffer[]): Promise<string | null> {
  const url = new URL(address);
  const socket = connect(Number(url.port), url.hostname);
  let text = "";
  let silent = false;
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.setTimeout(SILENCE_MS, () => {
    silent = true;
    socket.destroy();
  });
  const closed = once(socket, "close");
  await Promise.race([once(socket, "connect").catch(() => undefined), closed.catch(() => undefined)]);
  socket.setNoDelay(true);
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece);
    await new Promise(setImmediate);
  }
  await quiet(socket);
  socket.end();
  await closed.catch(() => undefined);
  return silent ? null : text;
}

/** An answer that is still on its way when the client half-closes is cut off, and shows nothing. */
function quiet(socket: Socket): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, QUIET_MS);
    socket.on("data", () => timer.refresh());
    socket.once("close", () => {
      clearTimeout(timer);
      done();
    });
  });
}

const CREDENTIALS = new Set(["x-ibm-client-id", "x-ibm-client-secret"]);

function whatIsWrong({ url, rawHeaders }: SeenCall, { backend, prefix }: FuzzTarget): string | null {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  if (!path.startsWith(`${prefix}/`)) return "a path outside of its own";
  if (/\/\/|\\|;|#|%2f|%5c|%3b|%[01][0-9a-f]|%7f/i.test(path)) return "a path that it may read as another";
  if (
    decodeURIComponent(path)
      .split("/")
      .some((segment) => segment === "." || segment === "..")
  )
    return "dots";
  const parameters = new URLSearchParams(query);
  if (parameters.has("client_secret") || parameters.has("apikey")) return "a credential in the query";
  const hosts: string[] = [];
  const forwarded: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase().replace(/[_.]/g, "-");
    if (CREDENTIALS.has(name)) return "a credential in a header";
    if (name === "host") hosts.push(rawHeaders[i + 1] ?? "");
    if (name === "x-forwarded-for") forwarded.push(rawHeaders[i + 1] ?? "");
  }
  if (hosts.join() !== new URL(backend.url).host) return "another Host";
  return forwarded.join() === "127.0.0.1" ? null : "an address that we did not write";
}
