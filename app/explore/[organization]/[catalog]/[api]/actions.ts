"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { operationRef } from "#lib/explore/explore.schema.ts";
import { findPublished } from "#lib/explore/find-published.ts";
import { listCallers } from "#lib/explore/list-callers.ts";
import { text } from "#lib/text.schema.ts";

const apiRef = operationRef.omit({ operation: true });
const input = apiRef.extend({ q: text().max(100) });

const find = withAction(input, async (actor, { q, ...ref }) => listCallers(actor, await findPublished(ref), q));

/** The person's applications whose name holds `q`, as callers of the API. */
export async function findCallersAction(ref: z.input<typeof apiRef>, q: string) {
  return find({ ...ref, q });
}
