import { clientAddress } from "#app/_server/client-address.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { exploreCall } from "#lib/explore/explore.schema.ts";
import { frameAnswer } from "#lib/explore/frame-answer.rules.ts";
import { readLimitedJson } from "#lib/explore/read-limited-json.ts";
import { relayCall } from "#lib/explore/relay-call.ts";

/** The console's relay: values in, the gateway's answer out. */
export function POST(request: Request): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    const call = exploreCall.safeParse(await readLimitedJson(request.body));
    if (!call.success) throw new AppError("INPUT_INVALID", { detail: "The call is not one that the console makes." });
    const address = clientAddress(request.headers);
    return frameAnswer(await relayCall(actor, call.data, { signal: request.signal, address }));
  });
}
