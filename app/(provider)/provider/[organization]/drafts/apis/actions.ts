"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { createApiDefinition } from "#lib/api-definition/create-api-definition.ts";
import { createApiDefinitionInput } from "#lib/api-definition/definition.schema.ts";
import { deleteApiDefinition } from "#lib/api-definition/delete-api-definition.ts";
import { listApiDefinitions } from "#lib/api-definition/list-api-definitions.ts";
import { setBackendInput } from "#lib/backend/backend.schema.ts";
import { readBackends } from "#lib/backend/read-backends.ts";
import { setBackend } from "#lib/backend/set-backend.ts";
import { publishApiInput } from "#lib/product/product.schema.ts";
import { publishApi } from "#lib/product/publish-api.ts";
import { text } from "#lib/text.schema.ts";

const apiRef = z.strictObject({ id: z.uuid() });
const findInput = z.strictObject({ organization: text(), q: text().max(100) });

const create = withAction(createApiDefinitionInput, (actor, input) => createApiDefinition(actor, input));
const remove = withAction(apiRef, async (actor, { id }) => {
  await deleteApiDefinition(actor, { id });
  return null;
});
const find = withAction(findInput, listApiDefinitions);
const publish = withAction(publishApiInput, publishApi);
const backend = withAction(setBackendInput, async (actor, input) => {
  await setBackend(actor, input);
  const backends = await readBackends(actor, input.apiId);
  return backends.find(({ catalogId }) => catalogId === input.catalogId) as (typeof backends)[number];
});

export async function createApiAction(input: z.input<typeof createApiDefinitionInput>) {
  return create(input);
}
export async function deleteApiAction(id: string) {
  return remove({ id });
}
export async function findApisAction(organization: string, q: string) {
  const found = await find({ organization, q });
  if (!found.ok) return { rows: [], more: false };
  const { rows, next } = found.data;
  return {
    rows: rows.map(({ id, title, version, basePath }) => ({ id, title, version, basePath })),
    more: next !== null,
  };
}
export async function publishApiAction(apiId: string, catalogId: string) {
  return publish({ apiId, catalogId });
}
export async function setBackendAction(input: z.input<typeof setBackendInput>) {
  return backend(input);
}
