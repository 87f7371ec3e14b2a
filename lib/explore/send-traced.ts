import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { TraceStep } from "#lib/assembly/trace.schema.ts";
import { grantTrace, TRACE_HEADER, TRACE_PATH } from "#lib/assembly/trace-grant.ts";
import { env } from "#lib/env.ts";
import type { BuiltRequest } from "./request.rules.ts";
import { type SentCall, sendToGateway } from "./send-to-gateway.ts";

/**
 * As `sendToGateway`, with what each policy did. The trace waits in the memory of the process that took the call, so it
 * is fetched over the same connection, after the whole answer.
 */
export async function sendTraced(
  built: BuiltRequest,
  clientId: string | null,
  api: { apiDefinitionId: string; catalogId: string },
  signal: AbortSignal,
): Promise<SentCall> {
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = env().GATEWAY_URL.startsWith("https:") ? new HttpsAgent(options) : new HttpAgent(options);
  try {
    const { id, header } = grantTrace(api.apiDefinitionId, api.catalogId);
    const grant: [string, string] = [TRACE_HEADER, header];
    const sent = await sendToGateway({ ...built, headers: [...built.headers, grant] }, clientId, signal, agent);
    if (!sent.head.answered || !sent.body) return sent;
    const body = await whole(sent.body);
    const asked = { method: "GET", path: TRACE_PATH + id, query: [], headers: [grant], body: null };
    const fetched = await sendToGateway(asked, null, signal, agent);
    const trace =
      fetched.head.answered && fetched.head.status === 200 && fetched.body ? await whole(fetched.body) : null;
    const head = trace
      ? { ...sent.head, trace: (JSON.parse(trace.toString("utf8")) as { steps: TraceStep[] }).steps }
      : sent.head;
    return { head, body: pieces(body) };
  } finally {
    agent.destroy();
  }
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of body) found.push(piece);
  return Buffer.concat(found);
}

async function* pieces(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}
