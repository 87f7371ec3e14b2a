import { readJson } from "#app/_server/read-json.ts";
import { withFormRoute } from "#app/_server/with-form-route.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { previewDefinition, previewDefinitionInput } from "#lib/api-definition/preview-definition.ts";

/** The studio's two panes brought together; stores nothing. */
export function POST(request: Request): Promise<Response> {
  return withFormRoute(request, async (actor) =>
    Response.json(
      await previewDefinition(
        actor,
        await readJson(request, authorizeSelf(actor), previewDefinitionInput),
        request.signal,
      ),
    ),
  );
}
