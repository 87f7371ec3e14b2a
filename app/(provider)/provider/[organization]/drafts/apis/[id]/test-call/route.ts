import { z } from "zod";
import { clientAddress } from "#app/_server/client-address.ts";
import { readJson } from "#app/_server/read-json.ts";
import { withFormRoute } from "#app/_server/with-form-route.ts";
import { callValues, operationRef } from "#lib/explore/explore.schema.ts";
import { frameAnswer } from "#lib/explore/frame-answer.rules.ts";
import { relayCall } from "#lib/explore/relay-call.ts";
import { text } from "#lib/text.schema.ts";

const testCall = z.strictObject({
  target: operationRef,
  values: callValues,
  clientId: text().max(8_000),
  clientSecret: text().max(8_000),
});

/** A call of the test panel with the pair that stands in its fields. */
export function POST(request: Request): Promise<Response> {
  return withFormRoute(request, async (actor) => {
    const read = async () => {
      const { target, values, clientId, clientSecret } = await readJson(request, actor, testCall);
      return { target, values, credential: { mode: "test", clientId, clientSecret } as const };
    };
    const address = clientAddress(request.headers);
    return frameAnswer(await relayCall(actor, read, { signal: request.signal, address }));
  });
}
