"use client";

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Finding } from "#lib/api-definition/compiled.ts";
import type { FormEdit } from "#lib/api-definition/definition.schema.ts";
import type { DefinitionForm } from "#lib/api-definition/definition-form.rules.ts";
import { editsBetween, fieldOf, type LocalForm, markKnown, missingFields, toLocal } from "./design-form.ts";
import { type DesignPort, designPort } from "./design-port.ts";

export interface DesignInput {
  /** null: too large to come along; loaded on demand. */
  source: string | null;
  sourceVersion: number;
  changedAt: string;
  form: DefinitionForm;
  findings: Finding[];
}

interface State {
  source: string | null;
  /** The text of which `server` and `findings` tell; differs from `source` while somebody types. */
  checked: string | null;
  server: DefinitionForm;
  form: LocalForm;
  findings: Finding[];
  saved: { source: string | null; version: number; at: string };
  errors: { field: string; message: string }[];
  /** The source as typed cannot be read: the form has to wait. */
  unreadable: string | null;
  /** Somebody else saved in the meantime. */
  conflict: string | null;
  problem: string | null;
  saving: boolean;
}

/** Time to pause typing before the other pane follows; long texts take longer to read. */
const waitMs = (source: string | null): number => ((source?.length ?? 0) > 400_000 ? 1500 : 350);

const initial = ({ source, sourceVersion, changedAt, form, findings }: DesignInput): State => ({
  source,
  checked: source,
  server: form,
  form: toLocal(form),
  findings,
  saved: { source, version: sourceVersion, at: changedAt },
  errors: [],
  unreadable: null,
  conflict: null,
  problem: null,
  saving: false,
});

/**
 * One draft in two panes. The text is the truth: a change of the form goes to the server, which splices it into the
 * text; a change of the text comes back as a form. Nothing is stored before `save` (S45).
 */
export function useDesign(input: DesignInput, address: string) {
  const [state, setState] = useState(() => initial(input));
  const now = useRef(state);
  const port = useRef<DesignPort>(designPort(address));
  const running = useRef<Promise<void> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const update = useCallback((part: Partial<State>) => {
    now.current = { ...now.current, ...part };
    setState(now.current);
  }, []);

  /** Brings text, form and findings together once; again when somebody typed in the meantime. */
  const check = async (fix: FormEdit[]): Promise<void> => {
    const at = now.current;
    const edits = [...editsBetween(at.server, at.form), ...fix];
    if (at.source === null || (edits.length === 0 && at.source === at.checked)) return;
    const answer = await port.current.preview({ source: at.source, edits });
    const later = now.current;
    if (later.source !== at.source) return check(fix);
    switch (answer.kind) {
      case "done": {
        const { source, form, findings } = answer.data;
        const unchanged = later.form === at.form;
        const next = unchanged ? toLocal(form, at.form) : markKnown(later.form, at.form);
        update({ source, checked: source, server: form, form: next, findings, errors: [], unreadable: null });
        return unchanged ? undefined : check([]);
      }
      case "unreadable":
        return update({ findings: [answer.finding], unreadable: answer.finding.message });
      case "refused":
        return update({ errors: answer.fields.map((f) => ({ ...f, field: fieldOf(f.field, edits, at.form) })) });
      case "failed":
        return update({ problem: answer.message });
    }
  };
  const sync = async (fix: FormEdit[] = []): Promise<void> => {
    clearTimeout(timer.current);
    // One at a time, in order: each starts from the text that the one before left.
    const mine = (running.current ?? Promise.resolve()).then(() => check(fix));
    running.current = mine;
    await mine;
    if (running.current === mine) running.current = null;
  };
  const later = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void sync(), waitMs(now.current.source));
  };
  const stop = useEffectEvent(() => clearTimeout(timer.current));
  useEffect(() => () => stop(), []);

  const loadSource = async (): Promise<void> => {
    if (now.current.source !== null) return;
    const source = await port.current.readSource();
    if (source === null) update({ problem: "The source did not load. Try again." });
    else update({ source, checked: source, saved: { ...now.current.saved, source } });
    await sync();
  };

  const save = async (): Promise<boolean> => {
    const missing = missingFields(now.current.form);
    if (missing.length > 0) {
      update({ errors: missing });
      return false;
    }
    update({ saving: true, problem: null });
    await sync();
    const at = now.current;
    if (at.errors.length > 0 || at.unreadable !== null) {
      // A fresh list brings the focus to the first field that is wrong.
      update({ saving: false, errors: [...at.errors] });
      return false;
    }
    const edits = at.source === null ? editsBetween(at.server, at.form) : [];
    const answer = await port.current.save({ source: at.source, sourceVersion: at.saved.version, edits });
    update({ saving: false });
    switch (answer.kind) {
      case "done": {
        const { form, findings, sourceVersion, changedAt } = answer.data;
        const saved = { source: at.source, version: sourceVersion, at: changedAt };
        const untouched = now.current.form === at.form && now.current.source === at.source;
        update({
          saved,
          conflict: null,
          errors: [],
          ...(untouched && { server: form, form: toLocal(form, at.form), findings, checked: at.source }),
        });
        return true;
      }
      case "conflict":
        update({ conflict: answer.message });
        return false;
      case "unreadable":
        update({ findings: [answer.finding], unreadable: answer.finding.message });
        return false;
      case "refused":
        update({ errors: answer.fields.map((f) => ({ ...f, field: fieldOf(f.field, edits, at.form) })) });
        return false;
      case "failed":
        update({ problem: answer.message });
        return false;
    }
  };

  const dirty = state.source !== state.saved.source || editsBetween(state.server, state.form).length > 0;
  return {
    ...state,
    dirty,
    errorOf: (field: string) => state.errors.find((e) => e.field === field)?.message,
    changeForm: (form: LocalForm) => {
      update({ form, errors: [], problem: null });
      later();
    },
    changeSource: (source: string) => {
      update({ source, problem: null });
      later();
    },
    fix: async (finding: Finding) => {
      if (!finding.fix) return;
      await loadSource();
      await sync([{ kind: "fix", edits: finding.fix.edits as never }]);
    },
    loadSource,
    save,
  };
}

export type Design = ReturnType<typeof useDesign>;
