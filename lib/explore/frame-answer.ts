import type { SentCall } from "./send-to-gateway.ts";

/** One line of JSON (CallHead), a line feed, then the body byte for byte; closing the stream ends the gateway's call. */
export function frameAnswer({ head, body }: SentCall): ReadableStream<Uint8Array> {
  const rest = body?.[Symbol.asyncIterator]();
  let headSent = false;
  return new ReadableStream({
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
}
