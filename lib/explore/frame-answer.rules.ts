import type { CallHead } from "./explore.schema.ts";
import type { SentCall } from "./send-to-gateway.ts";

/** Nobody's page: so an answer is never taken for one of the portal's, nor for a refusal of it. */
const MEDIA_TYPE = "application/vnd.portico.call";
const LINE_FEED = 10;

/**
 * The gateway's answer for a page of ours: one line of JSON (CallHead), a line feed, then the body byte for byte. It
 * never carries the backend's own status or headers, so it cannot act on this origin. Closing it ends the gateway's call.
 */
export function frameAnswer({ head, body }: SentCall): Response {
  const rest = body?.[Symbol.asyncIterator]();
  let headSent = false;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!headSent) {
        headSent = true;
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(head)}\n`));
        return;
      }
      // A gateway that breaks off in the middle ends the body; what came is shown.
      const next = await rest?.next().catch(() => undefined);
      if (next && !next.done) controller.enqueue(next.value);
      else controller.close();
    },
    async cancel() {
      await rest?.return?.();
    },
  });
  return new Response(stream, {
    headers: { "Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" },
  });
}

/** The other side, in the page; null when the portal refused to send the call. */
export async function readFramed(
  response: Response,
): Promise<{ head: CallHead; body: Uint8Array<ArrayBuffer> } | null> {
  if (response.headers.get("Content-Type") !== MEDIA_TYPE) return null;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const end = bytes.indexOf(LINE_FEED);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as CallHead;
  return { head, body: bytes.slice(end + 1) };
}
