import { readJson } from "#app/_server/read-json.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { previewDefinition, previewDefinitionInput } from "#lib/api-definition/preview-definition.ts";

/** The studio's two panes brought together; stores nothing. */
export function POST(request: Request): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    return Response.json(await previewDefinition(actor, await readJson(request, previewDefinitionInput)));
  });
}
