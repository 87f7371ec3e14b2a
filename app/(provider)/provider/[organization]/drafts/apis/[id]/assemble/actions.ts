"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { operationRef } from "#lib/explore/explore.schema.ts";
import { readExploreApi, readExploreOperation } from "#lib/explore/read-explore.ts";
import { text } from "#lib/text.schema.ts";

const apiRef = operationRef.omit({ operation: true });
const listInput = apiRef.extend({ filter: text().max(200) });

const list = withAction(listInput, async (_actor, { filter, ...ref }) => {
  const { operations, more } = await readExploreApi(ref, filter);
  return { operations, more };
});
const read = withAction(operationRef, async (_actor, ref) => readExploreOperation(ref));

export async function listOperationsAction(ref: z.input<typeof apiRef>, filter: string) {
  return list({ ...ref, filter });
}
export async function readOperationAction(ref: z.input<typeof apiRef>, operation: string) {
  return read({ ...ref, operation });
}
