import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { recordEvent } from "#lib/audit/record-event.ts";
import { setBackendEverywhere } from "#lib/backend/set-backend-everywhere.ts";
import { lockRows, toChange } from "#lib/db/lock-rows.ts";
import { fieldError } from "#lib/errors/app-error.ts";
import { newId } from "#lib/ids.ts";
import { checkBackendAddress } from "#lib/net/backend-address.ts";
import { analyseDefinition } from "./analyse-definition.ts";
import type { CreateApiDefinitionInput } from "./definition.schema.ts";
import { findSpace } from "./find-space.ts";
import { newDefinition } from "./new-definition.ts";
import { draftColumns, draftTransaction, refuseTakenName } from "./store-analysis.ts";

/**
 * Starts a draft from scratch: OpenAPI 3.0.3 in YAML with one operation and the client ID applied (S37, S83), its
 * backend address in every catalog. Errors: NAME_TAKEN beside `title`, INPUT_INVALID beside `basePath` or `backendUrl`.
 */
export async function createApiDefinition(actor: Actor, input: CreateApiDefinitionInput): Promise<{ id: string }> {
  const permit = authorize(actor, "api:write");
  const space = await findSpace(permit, input.organization);
  const url = input.backendUrl ? await checkBackendAddress(input.backendUrl, "backendUrl") : null;
  const source = newDefinition(input);
  const analysis = await analyseDefinition(source, { by: actor });
  const id = newId();
  await draftTransaction("title", async (tx) => {
    await lockRows(tx, { Space: toChange(space.id) });
    await refuseTakenName(tx, space.id, analysis, "title");
    const clash = await tx.apiDefinition.findFirst({
      where: { spaceId: space.id, basePath: analysis.basePath },
      select: { title: true, version: true },
    });
    if (clash) throw fieldError("basePath", `${clash.title} ${clash.version} has the base path ${analysis.basePath}.`);
    await tx.apiDefinition.create({ data: { id, spaceId: space.id, ...draftColumns(source, analysis) } });
    if (url) await setBackendEverywhere(tx, id, space.organizationId, url);
    const target = { organizationId: space.organizationId, type: "api", id, name: analysis.title };
    await recordEvent(tx, permit, "api.created", target, { version: analysis.version });
  });
  return { id };
}
