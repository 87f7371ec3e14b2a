"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Sheet } from "#components/ui/table.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { paths } from "#lib/paths.ts";

interface NewApiInput {
  organization: string;
  title: string;
  basePath: string;
  backendUrl: string;
}

interface NewApiFormProps {
  organization: string;
  create: (input: NewApiInput) => Promise<ActionAnswer<{ id: string }>>;
}

/** "Weather Provider API" -> "/weather-provider-api", as a proposal. */
const pathFrom = (title: string): string => {
  const words = title.normalize("NFKD").replaceAll(/[^\p{L}\p{N} -]/gu, "");
  const slug = words
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return slug && `/${slug}`;
};

/** Title, base path and backend address of an API from scratch (S37); leads to its design. */
export function NewApiForm({ organization, create }: NewApiFormProps) {
  const router = useRouter();
  const [path, setPath] = useState({ value: "", typed: false });
  const form = useActionForm(create, {
    read: (data) => ({
      organization,
      title: textOf(data, "title"),
      basePath: textOf(data, "basePath"),
      backendUrl: textOf(data, "backendUrl"),
    }),
    onDone: ({ id }) => router.push(paths.draftApi(organization, id)),
  });
  return (
    <form onSubmit={form.onSubmit} noValidate>
      <Sheet pad className="grid max-w-read gap-4">
        <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
        <Field name="title" label="Title" error={form.errorOf("title")}>
          <TextInput
            autoFocus
            maxLength={200}
            onChange={(event) => !path.typed && setPath({ value: pathFrom(event.target.value), typed: false })}
          />
        </Field>
        <Field
          name="basePath"
          label="Base path"
          hint="The part of the gateway’s address that leads to this API."
          error={form.errorOf("basePath")}
        >
          <TextInput
            mono
            placeholder="/weather"
            value={path.value}
            onChange={(event) => setPath({ value: event.target.value, typed: true })}
          />
        </Field>
        <Field
          name="backendUrl"
          label="Backend address"
          optional
          hint="Where the gateway sends calls, in every catalog; you can change it per catalog."
          error={form.errorOf("backendUrl")}
        >
          <TextInput mono inputMode="url" placeholder="https://weather.example.com" />
        </Field>
        <div>
          <SubmitButton busy={form.pending}>Create API</SubmitButton>
        </div>
      </Sheet>
    </form>
  );
}
