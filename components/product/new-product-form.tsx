"use client";

import { useRouter } from "next/navigation";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { paths } from "#lib/paths.ts";

interface NewProductFormProps {
  organization: string;
  create: (input: { organization: string; title: string; version: string }) => Promise<ActionAnswer<{ id: string }>>;
}

/** Title and version of a new product; leads to its editor. */
export function NewProductForm({ organization, create }: NewProductFormProps) {
  const router = useRouter();
  const form = useActionForm(create, {
    read: (data) => ({ organization, title: textOf(data, "title"), version: textOf(data, "version") }),
    onDone: ({ id }) => router.push(paths.draftProduct(organization, id)),
  });
  return (
    <form onSubmit={form.onSubmit} noValidate>
      <Sheet pad className="grid max-w-read gap-4">
        <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
        <Field name="title" label="Title" hint="What developers read in the catalog." error={form.errorOf("title")}>
          <TextInput autoFocus maxLength={100} />
        </Field>
        <Field
          name="version"
          label="Version"
          hint="Two versions of one product can be published side by side."
          error={form.errorOf("version")}
        >
          <TextInput mono defaultValue="1.0.0" className="max-w-40" />
        </Field>
        <div>
          <SubmitButton busy={form.pending}>Create product</SubmitButton>
        </div>
      </Sheet>
    </form>
  );
}
