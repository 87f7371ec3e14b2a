"use client";

import { useState } from "react";
import type { ActionAnswer } from "#components/ui/use-action-form.ts";

/** The backend of an API in one catalog, as the form has it. */
export interface BackendDraft {
  catalogId: string;
  catalogTitle: string;
  url: string;
  authKind: "none" | "basic" | "header" | "oauth";
  username: string;
  /** Typed now; write-only, so it starts empty. */
  password: string;
  hasPassword: boolean;
}

export interface BackendInput {
  apiId: string;
  catalogId: string;
  url: string;
  authKind: "none" | "basic" | "header" | "oauth";
  username: string;
  password: string;
}

export type SaveBackend = (input: BackendInput) => Promise<ActionAnswer<unknown>>;

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
    for (const { catalogId, url, authKind, username, password, hasPassword } of changed) {
      const answer = await saveBackend({ apiId, catalogId, url, authKind, username, password }).catch(() => null);
      if (answer?.ok) {
        // What was typed is stored and cannot be read back: the field is empty again.
        const part = { password: "", hasPassword: authKind === "basic" && (hasPassword || password !== "") };
        kept = kept.map((b) => (b.catalogId === catalogId ? { ...b, ...part } : b));
        const now = kept.find((b) => b.catalogId === catalogId);
        setBase((before) => before.map((b) => (b.catalogId === catalogId && now ? now : b)));
        continue;
      }
      const fields = answer?.fields.length
        ? answer.fields
        : [{ field: "url", message: answer?.message ?? "The portal did not answer. Try again." }];
      wrong.push(...fields.map((f) => ({ field: `backend.${catalogId}.${f.field}`, message: f.message })));
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
