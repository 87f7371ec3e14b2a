import { readJson } from "#app/_server/read-json.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { previewDefinition, previewDefinitionInput } from "#lib/api-definition/preview-definition.ts";
import { AppError, toProblem } from "#lib/errors/app-error.ts";

/**
 * The studio's two panes brought together; stores nothing. A text that cannot be read, or a field that is wrong, is an
 * ordinary state while somebody types: a 200 that says so, not a failed request in the browser's log.
 */
export function POST(request: Request): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    try {
      return Response.json(await previewDefinition(actor, await readJson(request, previewDefinitionInput)));
    } catch (error) {
      if (error instanceof AppError && error.status === 422) return Response.json({ problem: toProblem(error) });
      throw error;
    }
  });
}
