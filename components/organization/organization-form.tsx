"use client";

import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { toast } from "#components/ui/toaster.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { paths } from "#lib/paths.ts";

export interface OrganizationFields {
  name: string;
  isProvider: boolean;
  isConsumer: boolean;
}

interface OrganizationFormProps {
  initial: OrganizationFields;
  /** The verb and noun of the button. */
  submit: string;
  action: (input: OrganizationFields) => Promise<ActionAnswer<{ slug: string }>>;
  /** Leads to the new organization after a success; else the page is refreshed and says "Saved". */
  created?: boolean;
}

/** Name and what the organization does; for founding one and for its settings. */
export function OrganizationForm({ initial, submit, action, created = false }: OrganizationFormProps) {
  const router = useRouter();
  const form = useActionForm(action, {
    read: (data) => ({
      name: textOf(data, "name"),
      isProvider: data.has("isProvider"),
      isConsumer: data.has("isConsumer"),
    }),
    onDone: ({ slug }) => {
      if (created) router.push(paths.provider(slug));
      else toast("The organization is saved.");
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid max-w-[32rem] gap-4">
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
      <Field
        label="Name"
        name="name"
        hint={created ? "The first part of your APIs' addresses is made from it." : undefined}
        error={form.errorOf("name")}
      >
        <TextInput defaultValue={initial.name} autoComplete="organization" />
      </Field>
      <Field label="What it does" name="isProvider" group error={form.errorOf("isProvider")}>
        <Checkbox
          name="isProvider"
          defaultChecked={initial.isProvider}
          hint="It gets a Sandbox with test values, a Production catalog, and drafts."
        >
          Publishes APIs
        </Checkbox>
        <Checkbox name="isConsumer" defaultChecked={initial.isConsumer} hint="It owns applications that call APIs.">
          Uses APIs
        </Checkbox>
      </Field>
      <div>
        <Button type="submit" variant="primary" busy={form.pending}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
