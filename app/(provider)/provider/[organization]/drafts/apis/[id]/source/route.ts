import { routeParams } from "#app/_server/params.ts";
import { withRoute } from "#app/_server/with-route.ts";
import { readApiDefinition } from "#lib/api-definition/read-api-definition.ts";

/** The stored text, for the editor of a large definition. */
export function GET(
  _request: Request,
  { params }: RouteContext<"/provider/[organization]/drafts/apis/[id]/source">,
): Promise<Response> {
  return withRoute(async (actor) => {
    const { source } = await readApiDefinition(actor, routeParams(await params).id);
    return new Response(source, {
      headers: {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
      },
    });
  });
}
