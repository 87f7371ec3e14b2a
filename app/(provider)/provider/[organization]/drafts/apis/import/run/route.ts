import { readJson } from "#app/_server/read-json.ts";
import { requireSameOrigin, withRoute } from "#app/_server/with-route.ts";
import { importApiDefinitionInput } from "#lib/api-definition/definition.schema.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";

/** Imports a definition that may be larger than a server action takes. */
export function POST(request: Request): Promise<Response> {
  return withRoute(async (actor) => {
    requireSameOrigin(request);
    const { id, report } = await importApiDefinition(actor, await readJson(request, importApiDefinitionInput));
    return Response.json({ id, report });
  });
}
