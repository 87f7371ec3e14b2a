"use client";

import { useRouter } from "next/navigation";
import { signIn } from "next-auth/react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Note } from "#components/ui/note.tsx";
import { TextInput } from "#components/ui/text-input.tsx";
import { type ActionAnswer, textOf, useActionForm } from "#components/ui/use-action-form.ts";
import { NewPasswordField } from "./new-password-field.tsx";

interface SignUpFields {
  name: string;
  email: string;
  password: string;
  organization: string;
}

interface SignUpFormProps {
  next: string;
  /** Comes by invitation: the address is given, and no organization of their own is needed. */
  invitation: { token: string; email: string } | undefined;
  action: (input: SignUpFields & { invitation?: string }) => Promise<ActionAnswer<unknown>>;
}

/** A new account; signs in and leads to `next`. */
export function SignUpForm({ next, invitation, action }: SignUpFormProps) {
  const router = useRouter();
  const create = async (input: SignUpFields): Promise<ActionAnswer<unknown>> => {
    const answer = await action({ ...input, ...(invitation && { invitation: invitation.token }) });
    if (answer.ok) await signIn("credentials", { email: input.email, password: input.password, redirect: false });
    return answer;
  };
  const form = useActionForm(create, {
    read: (data) => ({
      name: textOf(data, "name"),
      email: textOf(data, "email"),
      password: textOf(data, "password"),
      organization: textOf(data, "organization"),
    }),
    onDone: () => {
      router.push(next);
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate method="post" className="grid gap-4">
      <noscript>
        <Note tone="warn" title="Creating an account needs JavaScript.">
          Switch it on and load the page again. Reading the catalog and signing in work without.
        </Note>
      </noscript>
      <FormErrorSummary errors={form.errors.fields} message={form.errors.message} />
      <Field label="Your name" name="name" error={form.errorOf("name")}>
        <TextInput autoComplete="name" />
      </Field>
      <Field label="E-mail address" name="email" error={form.errorOf("email")}>
        <TextInput
          type="email"
          autoComplete="username"
          defaultValue={invitation?.email}
          readOnly={invitation !== undefined}
        />
      </Field>
      <NewPasswordField
        label="Password"
        hint="At least 12 characters. A few words in a row are easy to keep in mind."
        error={form.errorOf("password")}
      />
      {invitation === undefined && (
        <Field
          label="Organization"
          name="organization"
          optional
          hint="Your applications belong to it, so that a team can share them. Left empty, it carries your name."
          error={form.errorOf("organization")}
        >
          <TextInput autoComplete="organization" />
        </Field>
      )}
      <Button type="submit" variant="primary" size="lg" busy={form.pending}>
        Create account
      </Button>
    </form>
  );
}
