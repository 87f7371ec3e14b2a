import type { Actor } from "#lib/access/actor.ts";
import { importApiDefinition } from "#lib/api-definition/import-api-definition.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { listCatalogs } from "#lib/catalog/read-catalog.ts";
import { db } from "#lib/db/client.ts";

interface ApiSeed {
  organization: string;
  /** Title and version as the source says them. */
  title: string;
  version: string;
  source: string;
  backend: { url: string; username: string; password: string };
}

/** The draft of this title and version, imported when there is none; its backend is set in every catalog. */
export async function ensureApi(actor: Actor, { organization, source, backend, ...api }: ApiSeed): Promise<string> {
  const known = await db().apiDefinition.findFirst({
    where: { ...api, space: { organization: { slug: organization } } },
    select: { id: true },
  });
  const apiId = known?.id ?? (await importApiDefinition(actor, { organization, source })).id;
  for (const catalog of await listCatalogs(actor, organization)) {
    await setBackend(actor, { apiId, catalogId: catalog.id, authKind: "basic", ...backend });
  }
  return apiId;
}
