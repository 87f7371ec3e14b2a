import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import type { SaveApiDefinitionInput } from "./definition.schema.ts";
import { changedMeanwhile, loadDraft, type Saved, saveSource } from "./save-source.ts";

/**
 * Saves a draft's text (S45). A text with errors is saved, its findings with it; one that cannot be read is refused
 * with DEFINITION_INVALID and its line. Errors: CONFLICT when somebody saved since `sourceVersion`, NAME_TAKEN.
 */
export async function saveApiDefinition(actor: Actor, input: SaveApiDefinitionInput): Promise<Saved> {
  const permit = authorize(actor, "api:write");
  const draft = await loadDraft(permit, input.id);
  if (draft.sourceVersion !== input.sourceVersion) throw await changedMeanwhile(permit, draft);
  return saveSource(permit, draft.id, input.source, input.sourceVersion);
}
