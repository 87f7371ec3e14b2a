import { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { AppError } from "#lib/errors/app-error.ts";
import { analyseDefinition } from "./analyse-definition.ts";
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
 * the studio are kept together by it until somebody saves (S45, S71). Errors: DEFINITION_INVALID with the line,
 * INPUT_INVALID with `edits.N.<field>`.
 */
export async function previewDefinition(
  actor: Actor,
  input: z.infer<typeof previewDefinitionInput>,
): Promise<DefinitionPreview> {
  authorize(actor, "api:read");
  const source = await applyFormEdits(input.source, input.edits);
  const [form, { findings }] = await Promise.all([
    runJob<DefinitionForm>({ kind: "form", source }),
    analyseDefinition(source),
  ]);
  return { source, form, findings };
}

/** Makes the changes one after another; a refused one says which it was, so that the page finds its field. */
export async function applyFormEdits(source: string, edits: readonly FormEdit[]): Promise<string> {
  let text = source;
  for (const [index, edit] of edits.entries()) {
    try {
      text = await runJob<string>({ kind: "form-edit", source: text, edit });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "INPUT_INVALID") throw error;
      const fields = error.fields.length > 0 ? error.fields : [{ field: edit.kind, message: error.detail }];
      throw new AppError("INPUT_INVALID", {
        fields: fields.map(({ field, message }) => ({ field: `edits.${index}.${field}`, message })),
      });
    }
  }
  return text;
}
