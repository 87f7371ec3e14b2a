"use client";

import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/text-input.tsx";

interface NewPasswordFieldProps {
  label: string;
  hint: string;
  error: string | undefined;
}

/** A password that the person chooses; says that it is too short as soon as the field is left. */
export function NewPasswordField({ label, hint, error }: NewPasswordFieldProps) {
  return (
    <Field
      label={label}
      name="password"
      hint={hint}
      error={error}
      validate={(value) => (value.length < 12 ? "Use at least 12 characters" : undefined)}
    >
      <TextInput type="password" autoComplete="new-password" />
    </Field>
  );
}
