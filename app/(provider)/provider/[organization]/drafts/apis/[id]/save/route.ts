import { readJson } from "#app/_server/read-json.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { saveDesign, saveDesignInput } from "#lib/api-definition/save-design.ts";

/** Save of the studio; a route, because a definition may be larger than a server action takes. */
export function POST(
  request: Request,
  { params }: RouteContext<"/provider/[organization]/drafts/apis/[id]/save">,
): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    const { id } = await params;
    return Response.json(await saveDesign(actor, await readJson(request, saveDesignInput, { id })));
  });
}
