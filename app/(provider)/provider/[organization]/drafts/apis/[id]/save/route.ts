import { routeParams } from "#app/_server/params.ts";
import { readJson } from "#app/_server/read-json.ts";
import { withFormRoute } from "#app/_server/with-form-route.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { saveDesign, saveDesignInput } from "#lib/api-definition/save-design.ts";

/** Save of the studio. */
export function POST(
  request: Request,
  { params }: RouteContext<"/provider/[organization]/drafts/apis/[id]/save">,
): Promise<Response> {
  return withFormRoute(request, async (actor) => {
    const { id } = routeParams(await params);
    return Response.json(
      await saveDesign(actor, await readJson(request, authorizeSelf(actor), saveDesignInput, { id })),
    );
  });
}
