"use server";

import type { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { retireReleaseInput } from "#lib/product/product.schema.ts";
import { retireRelease } from "#lib/product/retire-release.ts";

const retire = withAction(retireReleaseInput, (actor, { releaseId, reason }) =>
  retireRelease(actor, releaseId, reason),
);

export async function retireReleaseAction(input: z.input<typeof retireReleaseInput>) {
  return retire(input);
}
