import { z } from "zod";
import { clientAddress } from "#app/_server/client-address.ts";
import { readJson } from "#app/_server/read-json.ts";
import { withFormRoute } from "#app/_server/with-form-route.ts";
import { callValues, operationRef } from "#lib/explore/explore.schema.ts";
import { relayCall } from "#lib/explore/relay-call.ts";

const testCall = z.strictObject({
  target: operationRef,
  values: callValues,
  clientId: z.string().max(8_000),
  clientSecret: z.string().max(8_000),
});

/**
 * A call of the test panel with the pair that stands in its fields. The answer is a line of JSON (the head), then the
 * body byte for byte; it never carries the backend's own status or headers, so it cannot act on this origin.
 */
export function POST(request: Request): Promise<Response> {
  return withFormRoute(request, async (actor) => {
    const { target, values, clientId, clientSecret } = await readJson(request, testCall);
    const credential = { mode: "test", clientId, clientSecret } as const;
    const { head, body } = await relayCall(
      actor,
      { target, values, credential },
      { signal: request.signal, address: clientAddress(request.headers) },
    );
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(head)}\n`));
        try {
          for await (const chunk of body ?? []) controller.enqueue(chunk);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
      },
    });
    return new Response(stream, {
      headers: {
        "Content-Type": "application/octet-stream",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
      },
    });
  });
}
