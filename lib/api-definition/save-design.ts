import type { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import type { Finding } from "./compiled.ts";
import { saveApiDefinitionInput } from "./definition.schema.ts";
import type { DefinitionForm } from "./definition-form.rules.ts";
import { runJob } from "./definition-pool.ts";
import { applyFormEdits, formEdits } from "./preview-definition.ts";
import { saveApiDefinition } from "./save-api-definition.ts";
import { changedMeanwhile, loadDraft } from "./save-source.ts";

export const saveDesignInput = saveApiDefinitionInput.extend({
  /** null: the stored text, which was too large for the page. */
  source: saveApiDefinitionInput.shape.source.nullable(),
  edits: formEdits,
});

export interface SavedDesign {
  sourceVersion: number;
  changedAt: Date;
  form: DefinitionForm;
  findings: Finding[];
}

/**
 * Saves what the studio has: a text, or changes of the form to make in the stored one. Errors: CONFLICT when somebody
 * saved since `sourceVersion`, DEFINITION_INVALID, INPUT_INVALID with `edits.N.<field>`, NAME_TAKEN.
 */
export async function saveDesign(actor: Actor, input: z.infer<typeof saveDesignInput>): Promise<SavedDesign> {
  const permit = authorize(actor, "api:write");
  const { id, sourceVersion, edits } = input;
  const draft = await loadDraft(permit, id);
  if (draft.sourceVersion !== sourceVersion) throw await changedMeanwhile(permit, draft);
  const source = await applyFormEdits(input.source ?? draft.source, edits, actor);
  const form = await runJob<DefinitionForm>({ kind: "form", source }, { by: actor });
  const saved = await saveApiDefinition(actor, { id, source, sourceVersion });
  return { sourceVersion: saved.sourceVersion, changedAt: new Date(), form, findings: saved.findings };
}
