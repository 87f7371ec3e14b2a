import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors/app-error.ts";
import type { CallHead } from "./explore.schema.ts";
import { type BuiltRequest, requestTarget } from "./request.rules.ts";

/** Bytes of a request body, and of an answer that is handed on. */
export const bodyBytesMax = 10_000_000;
/** A gateway answers a slow backend's 504 after 30 s by itself. */
const ANSWER_MS = 60_000;

export interface SentCall {
  head: CallHead;
  /** Byte for byte; null when the gateway did not answer. Ends at `bodyBytesMax`. */
  body: AsyncIterable<Uint8Array> | null;
}

/**
 * Sends a request to the gateway and to nothing else: the host comes from the settings, the path is written as it was
 * built (no URL parser normalises it), redirects are not followed, nothing is decompressed. An abort of `signal`
 * closes the connection, and so the gateway's call to the backend. `agent`: keeps the connection for what follows.
 */
export async function sendToGateway(
  built: BuiltRequest,
  clientId: string | null,
  signal: AbortSignal,
  agent?: Agent,
): Promise<SentCall> {
  const body = built.body === null ? null : Buffer.from(built.body);
  if (body && body.length > bodyBytesMax) {
    throw new AppError("INPUT_INVALID", { detail: "The console sends bodies of up to 10 MB." });
  }
  const started = performance.now();
  const sinceStart = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    const answer = await exchange(built, body, signal, agent);
    return { head: toHead(answer, clientId, sinceStart()), body: capped(answer) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { head: { answered: false, reason: reasonOf(error), ms: sinceStart() }, body: null };
  }
}

function exchange(
  built: BuiltRequest,
  body: Buffer | null,
  signal: AbortSignal,
  agent: Agent | undefined,
): Promise<IncomingMessage> {
  const gateway = new URL(env().GATEWAY_URL);
  const send = gateway.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = send({
      protocol: gateway.protocol,
      hostname: gateway.hostname.replace(/^\[|\]$/g, ""),
      port: gateway.port,
      method: built.method,
      path: gateway.pathname.replace(/\/$/, "") + requestTarget(built),
      headers: headersOf(gateway, built, body, agent !== undefined),
      agent: agent ?? false,
      signal,
      timeout: ANSWER_MS,
    });
    call.on("response", resolve);
    call.on("timeout", () => call.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })));
    call.on("error", reject);
    call.end(body ?? undefined);
  });
}

/** Node writes an array of pairs as it is, repeated names too. */
function headersOf(gateway: URL, built: BuiltRequest, body: Buffer | null, keep: boolean): string[] {
  const headers = [["Host", gateway.host], ...built.headers, ["Connection", keep ? "keep-alive" : "close"]];
  if (!built.headers.some(([name]) => name === "Accept")) headers.push(["Accept", "*/*"]);
  // Without it Node would send an empty POST in chunks.
  if (body || /^(POST|PUT|PATCH)$/.test(built.method)) headers.push(["Content-Length", String(body?.length ?? 0)]);
  return headers.flat() as string[];
}

function toHead(answer: IncomingMessage, clientId: string | null, headMs: number): CallHead {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    headers.push([answer.rawHeaders[i] ?? "", answer.rawHeaders[i + 1] ?? ""]);
  }
  const { statusCode, statusMessage } = answer;
  return { answered: true, status: statusCode ?? 0, statusText: statusMessage ?? "", headers, headMs, clientId };
}

async function* capped(answer: IncomingMessage): AsyncGenerator<Uint8Array> {
  let left = bodyBytesMax;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    // Leaving the loop destroys the answer, and with it the connection.
    if (left <= 0) return;
  }
}

function reasonOf(error: unknown): "refused" | "timeout" | "broken" {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  if (code === "ETIMEDOUT") return "timeout";
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN" ? "refused" : "broken";
}
