import { once } from "node:events";
import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { open } from "./client.ts";
import type { HostileBackend } from "./hostile-backend.ts";
import { filled, firstOf, type Plan, pause, piecesOf } from "./soak-plan.ts";

/** What was wrong with the outcome of a call. */
export class SoakFailure extends Error {}

/** Makes a call as its plan says and holds what comes to it. Throws SoakFailure. */
export async function makeCall(gateway: string, path: string, backend: HostileBackend, plan: Plan, agent: Agent) {
  const { hostname, port } = new URL(gateway);
  const { nonce, method } = plan;
  const headers: Record<string, string> = { "x-nonce": nonce };
  if (plan.request.chunked && plan.request.length > 0) headers["transfer-encoding"] = "chunked";
  else if (plan.request.length > 0) headers["content-length"] = String(plan.request.length);
  if (plan.request.expect && plan.request.length > 0) headers.expect = "100-continue";
  const seen = backend.expect(plan);
  const req = request({ host: hostname, port, path, method, headers, agent });
  let aborted = false;
  const abort = () => {
    aborted = true;
    req.destroy();
  };
  const answered = once(req, "response").catch(() => undefined);
  req.on("error", () => undefined);
  void send(req, plan);
  if (plan.aborts === "seen") void seen.then(abort);
  const [res] = ((await answered) ?? []) as IncomingMessage[];
  const got = res ? await read(res, plan, abort) : undefined;
  const wrong = whatIsWrong(plan, res, got, aborted);
  if (wrong) throw new SoakFailure(`${wrong}: ${JSON.stringify(plan)}`);
}

async function send(req: ClientRequest, { nonce, request: { length, pieces, pauseMs, expect } }: Plan): Promise<void> {
  if (length > 0 && expect) {
    req.flushHeaders();
    await firstOf(req, "continue", "close");
  }
  for (const piece of piecesOf(filled(`q${nonce}`, length), pieces)) {
    if (req.destroyed) return;
    const room = req.write(piece);
    if (!room) await firstOf(req, "drain", "close");
    if (pauseMs > 0) await pause(pauseMs);
  }
  if (!req.destroyed) req.end();
}

interface Got {
  body: Buffer;
  whole: boolean;
}

async function read(res: IncomingMessage, { aborts, readsMs }: Plan, abort: () => void): Promise<Got> {
  const pieces: Buffer[] = [];
  res.on("error", () => undefined);
  res.on("data", (piece: Buffer) => {
    pieces.push(piece);
    if (aborts === "answer") abort();
    if (readsMs === 0) return;
    res.pause();
    setTimeout(() => res.resume(), readsMs);
  });
  if (!res.closed) await new Promise((done) => res.once("close", done));
  return { body: Buffer.concat(pieces), whole: res.complete };
}

function whatIsWrong(plan: Plan, res: IncomingMessage | undefined, got: Got | undefined, aborted: boolean) {
  const { nonce, method, answer } = plan;
  const faulty = aborted || answer.breaks !== "never";
  if (!res || !got) return faulty ? undefined : "no answer";
  if (res.headers["x-nonce"] === undefined) {
    return faulty && res.statusCode === 502 ? undefined : `refused with ${res.statusCode} ${got.body}`;
  }
  if (res.headers["x-nonce"] !== nonce) return `the answer of ${res.headers["x-nonce"]}`;
  if (res.statusCode !== answer.status) return `status ${res.statusCode}`;
  if (res.headers["set-cookie"]?.join() !== "a=1,b=2") return "other headers";
  const expected = filled(nonce, method === "HEAD" || answer.status === 204 ? 0 : answer.length);
  if (!got.body.equals(expected.subarray(0, got.body.length))) return "other bytes";
  // What it threw away itself says nothing.
  if (aborted) return undefined;
  const breaks = answer.breaks !== "never" && expected.length > 0;
  if (got.whole && (breaks || got.body.length !== expected.length)) return "half an answer that looks whole";
  return got.whole || faulty ? undefined : "half an answer";
}

/** Several calls on one connection at once: each answer whole, in order. Throws SoakFailure. */
export async function makePipelined(gateway: string, path: string, backend: HostileBackend, plans: Plan[]) {
  const socket = await open(gateway);
  const heads = plans.map(({ nonce }) => `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Nonce: ${nonce}\r\n`);
  for (const plan of plans) void backend.expect(plan);
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => void pieces.push(piece));
  socket.on("error", () => undefined);
  socket.write(
    `${heads
      .slice(0, -1)
      .map((head) => `${head}\r\n`)
      .join("")}${heads.at(-1)}Connection: close\r\n\r\n`,
  );
  await once(socket, "close");
  let text = Buffer.concat(pieces).toString("latin1");
  for (const { nonce, answer } of plans) {
    const end = text.indexOf("\r\n\r\n") + 4;
    const head = text.slice(0, end);
    const body = text.slice(end, end + answer.length);
    if (!head.startsWith("HTTP/1.1 200 ") || !head.includes(`X-Nonce: ${nonce}\r\n`))
      throw new SoakFailure(`${nonce} on a shared connection: ${JSON.stringify(head.slice(0, 300))}`);
    if (body !== filled(nonce, answer.length).toString("latin1")) throw new SoakFailure(`${nonce}: other bytes`);
    text = text.slice(end + answer.length);
  }
  if (text !== "") throw new SoakFailure(`more than the answers: ${JSON.stringify(text.slice(0, 300))}`);
}

/** As many on one connection, from a client that goes away when the backend has them all. */
export async function abandonPipelined(gateway: string, path: string, backend: HostileBackend, plans: Plan[]) {
  const socket = await open(gateway);
  socket.on("error", () => undefined).resume();
  const seen = Promise.all(plans.map((plan) => backend.expect(plan)));
  socket.write(plans.map(({ nonce }) => `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Nonce: ${nonce}\r\n\r\n`).join(""));
  await seen;
  socket.resetAndDestroy();
}
