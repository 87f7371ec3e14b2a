import { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import type { Finding } from "./compiled.ts";
import { type FormEdit, formEdit, saveApiDefinitionInput } from "./definition.schema.ts";
import type { DefinitionForm } from "./definition-form.rules.ts";
import { runJob } from "./definition-pool.ts";

/** More changes than a person makes between two saves. */
export const formEdits = z.array(formEdit).max(200);

export const previewDefinitionInput = z.strictObject({
  source: saveApiDefinitionInput.shape.source,
  edits: formEdits,
});

export interface DefinitionPreview {
  source: string;
  form: DefinitionForm;
  findings: Finding[];
}

/**
 * The text with changes of the design form spliced in, its form and its findings. Nothing is stored: both panes of
 * the studio are kept together by it until somebody saves (S45, S71). One job, ended with `signal`. Errors: DEFINITION_INVALID with the line,
 * INPUT_INVALID with `edits.N.<field>`.
 */
export async function previewDefinition(
  actor: Actor,
  input: z.infer<typeof previewDefinitionInput>,
  signal?: AbortSignal,
): Promise<DefinitionPreview> {
  authorize(actor, "api:read");
  return runJob(
    { kind: "preview", source: input.source, edits: input.edits },
    { by: actor, ...(signal && { signal }) },
  );
}

/** The text with the changes made, all in one job. Errors as above. */
export const applyFormEdits = (source: string, edits: readonly FormEdit[], by: Actor): Promise<string> =>
  edits.length === 0 ? Promise.resolve(source) : runJob({ kind: "form-edits", source, edits }, { by });
