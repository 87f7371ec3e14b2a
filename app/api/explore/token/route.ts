import { readJson } from "#app/_server/read-json.ts";
import { withFormRoute } from "#app/_server/with-form-route.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { accessTokenInput } from "#lib/explore/explore.schema.ts";
import { getAccessToken } from "#lib/explore/get-access-token.ts";

/** "Get token" of the console: no server action, because an API key and a token have no place in its log. */
export function POST(request: Request): Promise<Response> {
  return withFormRoute(request, async (actor) => {
    const input = await readJson(request, authorizeSelf(actor), accessTokenInput);
    const token = await getAccessToken(actor, input, request.signal);
    return Response.json(token, { headers: { "Cache-Control": "no-store" } });
  });
}
