"use client";

import { useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Note } from "#components/ui/note.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { plural } from "#lib/format.ts";
import { NewPasswordField } from "./new-password-field.tsx";

interface ChangePasswordFormProps {
  action: (input: { current: string; password: string }) => Promise<ActionAnswer<{ endedSessions: number }>>;
}

/** Current and new password. Says how many other sessions ended with the change. */
export function ChangePasswordForm({ action }: ChangePasswordFormProps) {
  const element = useRef<HTMLFormElement>(null);
  const [ended, setEnded] = useState<number | null>(null);
  const form = useActionForm(action, {
    read: (data) => ({ current: textOf(data, "current"), password: textOf(data, "password") }),
    onDone: ({ endedSessions }) => {
      setEnded(endedSessions);
      for (const input of element.current?.querySelectorAll("input") ?? []) input.value = "";
    },
  });
  return (
    <form ref={element} onSubmit={form.onSubmit} noValidate method="post" className="grid max-w-[26rem] gap-4">
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
      <Field label="Current password" name="current" error={form.errorOf("current")}>
        <TextInput type="password" autoComplete="current-password" />
      </Field>
      <NewPasswordField label="New password" hint="At least 12 characters." error={form.errorOf("password")} />
      <div>
        <Button type="submit" variant="primary" busy={form.pending}>
          Change password
        </Button>
      </div>
      <div role="status">
        {ended !== null && (
          <Note tone="ok" title="The password is changed.">
            {ended === 0 ? "No other session was open." : `${plural(ended, "other session")} ended.`}
          </Note>
        )}
      </div>
    </form>
  );
}
