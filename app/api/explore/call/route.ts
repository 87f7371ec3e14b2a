import { clientAddress } from "#app/_server/client-address.ts";
import { readJsonBody } from "#app/_server/read-json.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { exploreCall } from "#lib/explore/explore.schema.ts";
import { frameAnswer } from "#lib/explore/frame-answer.rules.ts";
import { relayCall } from "#lib/explore/relay-call.ts";

/** A body of 10 MB as JSON text may double. */
const CALL_BYTES_MAX = 22_000_000;

/** The console's relay: values in, the gateway's answer out. */
export function POST(request: Request): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    const read = async () => {
      const call = exploreCall.safeParse(await readJsonBody(request, actor, CALL_BYTES_MAX));
      if (!call.success) throw new AppError("INPUT_INVALID", { detail: "The call is not one that the console makes." });
      return call.data;
    };
    const address = clientAddress(request.headers);
    return frameAnswer(await relayCall(actor, read, { signal: request.signal, address }));
  }, request);
}
