"use client";

import { Field } from "#components/ui/field.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { environmentTitle } from "#lib/credential/credential.rules.ts";
import type { Environment } from "#lib/credential/credential.schema.ts";

const both: Environment[] = ["sandbox", "production"];

/** Where a credential will work. It cannot be changed later: an ID is registered in one environment only. */
export function EnvironmentField({ defaultValue }: { defaultValue: Environment }) {
  return (
    <Field
      label="Environment"
      name="environment"
      group
      hint="It works in catalogs of this kind only; elsewhere its ID is not registered."
    >
      <Segmented
        defaultValue={defaultValue}
        choices={both.map((value) => ({ value, label: environmentTitle[value] }))}
      />
    </Field>
  );
}

interface NameFieldsProps {
  initial?: { name: string; description: string };
  errorOf: (field: string) => string | undefined;
  placeholder?: string;
}

/** Name and description of a credential (S122). */
export function NameFields({ initial, errorOf, placeholder }: NameFieldsProps) {
  return (
    <>
      <Field label="Name" name="name" error={errorOf("name")} hint="Where it is used: checkout-web, nightly-report.">
        <TextInput defaultValue={initial?.name} placeholder={placeholder} maxLength={60} autoFocus />
      </Field>
      <Field label="Description" name="description" optional error={errorOf("description")}>
        <TextInput defaultValue={initial?.description} maxLength={300} />
      </Field>
    </>
  );
}
