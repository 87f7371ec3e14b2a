import { type Problem, postJson } from "#components/ui/post-json.ts";
import type { Finding } from "#lib/api-definition/compiled.ts";
import type { FormEdit } from "#lib/api-definition/definition.schema.ts";
import type { DefinitionForm } from "#lib/api-definition/definition-form.rules.ts";

interface Checked {
  form: DefinitionForm;
  findings: Finding[];
}

export type PortAnswer<T> =
  | { kind: "done"; data: T }
  | { kind: "unreadable"; finding: Finding }
  | { kind: "refused"; fields: { field: string; message: string }[] }
  | { kind: "conflict"; message: string }
  | { kind: "failed"; message: string };

export interface DesignPort {
  /** The text with the edits made, its form and its findings; nothing is stored. */
  preview(input: { source: string; edits: FormEdit[] }): Promise<PortAnswer<Checked & { source: string }>>;
  /** Stores the text; without one, the edits are made in the stored text. */
  save(input: {
    source: string | null;
    sourceVersion: number;
    edits: FormEdit[];
  }): Promise<PortAnswer<Checked & { sourceVersion: number; changedAt: string }>>;
  readSource(): Promise<string | null>;
}

/** "Line 21, column 11: …" of a text that cannot be read. */
function toFinding({ detail = "The source cannot be read.", errors = [] }: Problem): Finding {
  const place = /^Line (\d+), column (\d+)/.exec(errors[0]?.message ?? "");
  return {
    severity: "error",
    code: "UNREADABLE",
    message: detail,
    pointer: "",
    line: Number(place?.[1] ?? 1),
    column: Number(place?.[2] ?? 1),
  };
}

async function post<T>(url: string, input: unknown): Promise<PortAnswer<T>> {
  try {
    const response = await postJson(url, input);
    const body: unknown = await response.json();
    const refused = (body as { problem?: Problem }).problem;
    if (response.ok && !refused) return { kind: "done", data: body as T };
    const problem = refused ?? (body as Problem);
    const message = problem.detail ?? "This failed on our side. Nothing was changed.";
    if (problem.code === "CONFLICT") return { kind: "conflict", message };
    if (problem.code === "DEFINITION_INVALID") return { kind: "unreadable", finding: toFinding(problem) };
    if (problem.errors?.length) return { kind: "refused", fields: problem.errors };
    return { kind: "failed", message };
  } catch {
    return { kind: "failed", message: "The portal did not answer. What you entered is still here; try again." };
  }
}

/**
 * The studio's way to the server. Routes and not server actions, because a definition may have 5 MB and actions are
 * bounded to 1 MB.
 */
export const designPort = (address: string): DesignPort => ({
  preview: (input) => post(`${address}/preview`, input),
  save: (input) => post(`${address}/save`, input),
  readSource: async () => {
    const response = await fetch(`${address}/source`).catch(() => null);
    return response?.ok ? response.text() : null;
  },
});
