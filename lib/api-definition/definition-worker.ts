import { parentPort } from "node:worker_threads";
import { AppError } from "#lib/errors/app-error.ts";
import type { FormEdit } from "./definition.schema.ts";
import type { Answer, Job } from "./definition-pool.ts";
import { derive } from "./derive.ts";
import { editDefinition } from "./edit-definition.ts";
import { examine } from "./examine.ts";
import { applyFormEdit } from "./form-edits.ts";
import { locator } from "./locate.ts";
import { DefinitionRefused, parseText } from "./parse-text.ts";
import { readForm } from "./read-form.ts";

// openapi-sampler warns about schemas that it cannot merge, also when told to be quiet; they are no news of ours.
console.warn = () => {};

/** Runs one job after another; the pool ends the thread when a job exceeds its time or memory (T15, T16, T18). */
async function run(job: Job): Promise<unknown> {
  switch (job.kind) {
    case "analyse":
      return examine(job.source);
    case "derive":
      return derive(parseText(job.source).document);
    case "form":
      return readForm(job.source);
    case "edit":
      return editDefinition(job.source, job.edits);
    case "form-edit":
      return applyFormEdit(job.source, job.edit);
    case "form-edits":
      return applyInTurn(job.source, job.edits);
    case "preview": {
      const source = applyInTurn(job.source, job.edits);
      return { source, form: readForm(source), findings: (await examine(source)).findings };
    }
  }
}

/** Makes the changes one after another; a refused one says which it was, so that the page finds its field. */
function applyInTurn(source: string, edits: readonly FormEdit[]): string {
  let text = source;
  for (const [index, edit] of edits.entries()) {
    try {
      text = applyFormEdit(text, edit);
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

async function answer(job: Job): Promise<Answer> {
  try {
    return { ok: true, value: await run(job) };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, code: error.code, detail: error.detail, fields: error.fields };
    if (!(error instanceof DefinitionRefused)) throw error;
    const { finding } = error;
    const placed = finding.pointer === "" ? finding : { ...finding, ...locator(job.source)(finding.pointer) };
    return { ok: false, finding: placed };
  }
}

parentPort?.on("message", async (job: Job) => parentPort?.postMessage(await answer(job)));
