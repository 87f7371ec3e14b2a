"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Section } from "#components/ui/section.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, useActionForm } from "#components/ui/use-action-form.ts";
import type { Part } from "#lib/page.rules.ts";
import { ApiPicker, type PickableApi } from "./api-picker.tsx";
import type { OperationDraft } from "./operation-limits.tsx";
import { type PlanDraft, PlanRows } from "./plan-rows.tsx";
import { useLeaveGuard } from "./use-leave-guard.ts";
import { useSaveKey } from "./use-save-key.ts";

interface ProductInput {
  id: string;
  /** Of the draft that the form began with, or saved last. */
  draftVersion: number;
  title: string;
  apiIds: string[];
  plans: (Omit<PlanDraft, "key" | "operations"> & { operations: Omit<OperationDraft, "key">[] })[];
}

interface ProductEditorProps {
  product: { id: string; draftVersion: number; title: string; apis: PickableApi[]; plans: PlanDraft[] };
  suggested: Part<PickableApi>;
  searchApis: (q: string) => Promise<Part<PickableApi>>;
  save: (input: ProductInput) => Promise<ActionAnswer<{ draftVersion: number; planIds: string[] }>>;
  /** Without it the role may look only. */
  readOnly?: boolean;
}

/** Title, APIs and plans of a draft product; saved explicitly, with ⌘S too. */
export function ProductEditor({ product, suggested, searchApis, save, readOnly }: ProductEditorProps) {
  const router = useRouter();
  const [title, setTitle] = useState(product.title);
  const [apis, setApis] = useState(product.apis);
  const [plans, setPlans] = useState(product.plans);
  const [draftVersion, setDraftVersion] = useState(product.draftVersion);
  const input = (): ProductInput => ({
    id: product.id,
    draftVersion,
    title,
    apiIds: apis.map((api) => api.id),
    plans: plans.map(({ key: _key, id, operations, ...plan }) => ({
      ...(id && { id }),
      ...plan,
      operations: operations.map(({ key: _of, ...operation }) => operation),
    })),
  });
  const now = JSON.stringify({ title, apis, plans: plans.map(({ id: _id, ...plan }) => plan) });
  const [saved, setSaved] = useState(now);
  const dirty = now !== saved;
  const form = useActionForm(save, {
    read: input,
    onDone: (answer) => {
      setDraftVersion(answer.draftVersion);
      // What was typed meanwhile stays, and rows that were new are known from now on.
      setPlans((current) =>
        current.map((plan) => {
          const at = plans.findIndex((sent) => sent.key === plan.key);
          return at < 0 ? plan : { ...plan, id: answer.planIds[at] };
        }),
      );
      setSaved(now);
      router.refresh();
    },
  });
  useLeaveGuard(dirty);
  useSaveKey(() => !readOnly && dirty && !form.pending && form.run(input()));

  return (
    <form onSubmit={form.onSubmit} noValidate aria-label={`Product ${product.title}`}>
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
      <Section title="General">
        <Sheet pad>
          <Field name="title" label="Title" error={form.errorOf("title")} className="max-w-read">
            <TextInput
              value={title}
              maxLength={100}
              disabled={readOnly}
              onChange={(event) => setTitle(event.target.value)}
            />
          </Field>
        </Sheet>
      </Section>
      <Section title="APIs" note={`${apis.length} in this product`}>
        <Sheet>
          <ApiPicker picked={apis} suggested={suggested} search={searchApis} onChange={setApis} disabled={readOnly} />
        </Sheet>
        {form.errorOf("apiIds") && <p className="mt-1 text-12 font-medium text-bad">{form.errorOf("apiIds")}</p>}
      </Section>
      <Section title="Plans" note="Calls are counted per subscription, over all credentials of its application">
        <Sheet>
          <PlanRows plans={plans} apis={apis} onChange={setPlans} errorOf={form.errorOf} disabled={readOnly} />
        </Sheet>
      </Section>
      {!readOnly && (
        <div className="sticky bottom-0 -mx-4 mt-6 flex items-center gap-3 border-t border-line bg-canvas px-4 py-3">
          <SubmitButton busy={form.pending} aria-keyshortcuts="Control+S Meta+S">
            Save product
          </SubmitButton>
          <span role="status" className="text-12 text-ink-3">
            {dirty ? "Not saved yet" : "Saved"}
          </span>
        </div>
      )}
    </form>
  );
}
