"use server";

import { z } from "zod";
import { withAction } from "#app/_server/with-action.ts";
import { retireRelease } from "#lib/product/retire-release.ts";

const releaseRef = z.strictObject({ releaseId: z.uuid() });

const retire = withAction(releaseRef, (actor, { releaseId }) => retireRelease(actor, releaseId));

export async function retireReleaseAction(input: z.input<typeof releaseRef>) {
  return retire(input);
}
