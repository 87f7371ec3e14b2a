"use client";

import { useState } from "react";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";
import type { SetBackendInput } from "#lib/backend/backend.schema.ts";
import { type BackendDraft, type StoredBackend, toDraft, toInput } from "./backend-draft.ts";

/** Answers the backend as it is stored now. */
export type SaveBackend = (input: SetBackendInput) => Promise<ActionAnswer<StoredBackend>>;

/** The schema's names of what the form asks for in seconds. */
const FORM_FIELDS: Record<string, string> = {
  connectTimeoutMs: "connectSeconds",
  responseTimeoutMs: "responseSeconds",
};

/** The backends of all catalogs, saved together with the design; one that is wrong stays changed, with its error. */
export function useBackends(apiId: string, stored: BackendDraft[], saveBackend: SaveBackend) {
  const [backends, setBackends] = useState(stored);
  const [base, setBase] = useState(stored);
  const [errors, setErrors] = useState<{ field: string; message: string }[]>([]);
  const changed = backends.filter((b, index) => JSON.stringify(b) !== JSON.stringify(base[index]));

  const change = (catalogId: string, part: Partial<BackendDraft>) => {
    setBackends(backends.map((b) => (b.catalogId === catalogId ? { ...b, ...part } : b)));
    setErrors(errors.filter((e) => !e.field.startsWith(`backend.${catalogId}.`)));
  };

  const save = async (): Promise<boolean> => {
    const wrong: typeof errors = [];
    let kept = backends;
    for (const draft of changed) {
      const { catalogId } = draft;
      const answer = await saveBackend(toInput(apiId, draft)).catch(() => null);
      if (answer?.ok) {
        // What was typed is stored and cannot be read back: write-only fields are empty again.
        const now = toDraft(answer.data, new Date());
        kept = kept.map((b) => (b.catalogId === catalogId ? now : b));
        setBase((before) => before.map((b) => (b.catalogId === catalogId ? now : b)));
        continue;
      }
      const fields = answer?.fields.length
        ? answer.fields
        : [{ field: "url", message: answer?.message ?? "The portal did not answer. Try again." }];
      wrong.push(
        ...fields.map((f) => ({
          field: `backend.${catalogId}.${FORM_FIELDS[f.field] ?? f.field}`,
          message: f.message,
        })),
      );
    }
    setBackends(kept);
    setErrors(wrong);
    return wrong.length === 0;
  };

  return {
    backends,
    errors,
    dirty: changed.length > 0,
    change,
    save,
    errorOf: (catalogId: string, name: string) =>
      errors.find((e) => e.field === `backend.${catalogId}.${name}`)?.message,
  };
}

export type Backends = ReturnType<typeof useBackends>;
