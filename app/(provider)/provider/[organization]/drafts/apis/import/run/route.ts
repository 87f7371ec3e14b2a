import { readJson } from "#app/_server/read-json.ts";
import { withFormRoute } from "#app/_server/with-form-route.ts";
import { authorizeSelf } from "#lib/access/authorize.ts";
import { importApiDefinitionInput } from "#lib/api-definition/definition.schema.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";

/** Imports a definition; its findings are kept with the draft and shown in the report. */
export function POST(request: Request): Promise<Response> {
  return withFormRoute(request, async (actor) => {
    const { id } = await importApiDefinition(
      actor,
      await readJson(request, authorizeSelf(actor), importApiDefinitionInput),
    );
    return Response.json({ id });
  });
}
