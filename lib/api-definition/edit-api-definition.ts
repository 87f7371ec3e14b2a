import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { type EditApiDefinitionInput, formEdit } from "./definition.schema.ts";
import { runJob } from "./definition-pool.ts";
import { changedMeanwhile, loadDraft, type Saved, saveSource } from "./save-source.ts";

/**
 * Makes one change of the design form in the stored text, leaving every other line as it was, and saves it. Errors:
 * INPUT_INVALID beside the form's field, CONFLICT when somebody saved since `sourceVersion`, NAME_TAKEN.
 */
export async function editApiDefinition(actor: Actor, input: EditApiDefinitionInput): Promise<Saved> {
  const permit = authorize(actor, "api:write");
  const edit = formEdit.parse(input.edit);
  const draft = await loadDraft(permit, input.id);
  const sourceVersion = Number(input.sourceVersion);
  if (draft.sourceVersion !== sourceVersion) throw await changedMeanwhile(permit, draft);
  const source = await runJob<string>({ kind: "form-edit", source: draft.source, edit }, { by: actor });
  return saveSource(permit, draft.id, source, sourceVersion);
}
